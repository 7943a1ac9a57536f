"""Taking an edition away: its rows, or all of it, in one file."""

from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from metrics.snapshot.editions import Edition, files_in


def archive_of(edition: Edition, inside: str = "") -> bytes:
    """A ZIP of the edition's files whose path begins with `inside` ('rows/'; '' for all): the same bytes each time."""
    held = BytesIO()
    with ZipFile(held, "w", ZIP_DEFLATED) as archive:
        for name in sorted(name for name in files_in(edition.path) if name.startswith(inside)):
            archive.writestr(ZipInfo(name), (edition.path / name).read_bytes(), ZIP_DEFLATED)
    return held.getvalue()
