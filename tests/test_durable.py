"""A small file is put in place whole or not at all."""

from pathlib import Path

import pytest

from metrics import durable


@pytest.mark.parametrize("content", ["naïve\n", "naïve\n".encode()])
def test_text_and_bytes_are_written_alike(tmp_path: Path, content: str | bytes) -> None:
    durable.write_whole(tmp_path / "file", content)
    assert (tmp_path / "file").read_bytes() == "naïve\n".encode()


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_failure_leaves_the_old_content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    file = tmp_path / "file"
    durable.write_whole(file, "old")

    def fails(*_: object) -> None:
        raise OSError("the disk is gone")

    monkeypatch.setattr(durable.os, step, fails)
    with pytest.raises(OSError, match="the disk is gone"):
        durable.write_whole(file, "new")
    assert file.read_text() == "old"
    monkeypatch.undo()
    durable.write_whole(file, "newer")
    assert file.read_text() == "newer" and [path.name for path in tmp_path.iterdir()] == ["file"]


def test_the_content_is_on_the_disk_before_the_name_and_the_name_before_it_returns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[str] = []
    for step in ("fsync", "replace"):
        real = getattr(durable.os, step)
        monkeypatch.setattr(durable.os, step, lambda *a, step=step, real=real: (steps.append(step), real(*a)))
    durable.write_whole(tmp_path / "file", "text")
    assert steps == ["fsync", "replace", "fsync"]
