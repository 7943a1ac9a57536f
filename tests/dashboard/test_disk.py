"""The question files on disk, as the workbench page follows them."""

from pathlib import Path

from metrics.dashboard.bench.disk import files
from metrics.dashboard.bench.drafts import elsewhere, opened
from metrics.home import create_home

SIZES = "-- title: Sizes\nselect 1 as n\n"


def test_a_file_that_a_colleague_changed_is_found(tmp_path: Path) -> None:
    home = create_home(tmp_path / "home")
    home.queries.mkdir(exist_ok=True)
    file = home.queries / "sizes.sql"
    none = files(home)
    file.write_text(SIZES, encoding="utf-8")
    one = files(home)
    assert len(one) == len(none) + 1
    draft = opened(home, "sizes", None, {})
    assert elsewhere(home, draft) is None and files(home) == one
    file.write_text(SIZES.replace("Sizes", "All sizes"), encoding="utf-8")
    assert files(home) != one and elsewhere(home, draft) == SIZES.replace("Sizes", "All sizes")
    draft.take(str(elsewhere(home, draft)))
    assert elsewhere(home, draft) is None and not draft.changed
    file.unlink()
    assert elsewhere(home, draft) is None and files(home) == none
