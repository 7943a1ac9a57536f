"""What every test may use."""

from pathlib import Path

import pytest

REAL = Path(__file__).parents[1].parent / "shared" / "real"


@pytest.fixture(scope="session")
def real() -> Path:
    """The folder of real data beside the project; a test that needs it is skipped where it is absent."""
    if not REAL.is_dir():
        pytest.skip(f"real data is not beside the project ({REAL.name}/ is absent)")
    return REAL
