"""What every test may use."""

from pathlib import Path

import pytest

REAL = Path(__file__).parents[1].parent / "shared" / "real"
LONG_FIRST = ("evaluate", "docs", "browser", "properties", "faults", "refresh", "demo")
"""Folders whose files take minutes: begun first, none is what the other workers wait for at the end."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files in the order in which workers take them, by `--no-loadscope-reorder`."""
    items.sort(key=lambda item: LONG_FIRST.index(folder_of(item)) if folder_of(item) in LONG_FIRST else len(LONG_FIRST))


def folder_of(item: pytest.Item) -> str:
    return item.path.relative_to(Path(__file__).parent).parts[0]


@pytest.fixture(scope="session")
def real() -> Path:
    """The folder of real data beside the project; a test that needs it is skipped where it is absent."""
    if not REAL.is_dir():
        pytest.skip(f"real data is not beside the project ({REAL.name}/ is absent)")
    return REAL
