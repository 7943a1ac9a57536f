"""Saving a question as a file that colleagues read and review; what a text changes in the saved one; a commit, if wanted."""

import fcntl
import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from difflib import unified_diff
from pathlib import Path

from metrics.durable import write_whole
from metrics.errors import UserError
from metrics.home import Home
from metrics.workbench.guard import refusal
from metrics.workbench.questions import BUILT_IN, question_of

NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")
GIT_SECONDS = 30  # a commit of one file takes well under one; a hook of the repository may take longer
COMMITTER = ("-c", "user.name=Timely", "-c", "user.email=timely@localhost")  # who writes; the person is the author


def save(
    home: Home, name: str, text: str, by: str, commit: bool = False, was: str | None = None, folder: Path | None = None
) -> Path:
    """Save the text as the question `name` in the home's queries/ (or in `folder`), whole or not at all.

    `was` is the text as the person last saw it; None: there was no file. Raises UserError, and leaves the file alone, when the name
    cannot be a file's, the header or the SQL is wrong (each mistake), or the file changed since. With `commit`, the file alone is
    committed to the repository that the folder is in, with the person as author; when that fails the file stays saved and is told.
    """
    folder = folder or home.queries
    path = folder / f"{name}.sql"
    problems = list(_problems(name, text, path))
    if commit and not _repository(folder):
        problems.append(f"{folder} is in no git repository, so there is nothing to commit to. Save without a commit")
    if problems:
        raise UserError(*problems)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _alone(folder):
            _unchanged(path, was)
            write_whole(path, ending_in_a_line(text))
    except OSError as problem:
        raise UserError(f"{path}: cannot be written: {problem.strerror}. Nothing was saved") from problem
    if commit:
        _commit(path, by)
    return path


def diff(home: Home, name: str, text: str) -> str:
    """What the text changes in the saved question (the home's, else the built-in one), as git shows it; nothing when they agree.

    All of it is new where no file has that name.
    """
    saved = saved_text(home, name) or ""
    place = f"queries/{name}.sql"
    lines = unified_diff(saved.splitlines(), ending_in_a_line(text).splitlines(), place, "this text", lineterm="")
    return "\n".join(lines)


def saved_text(home: Home, name: str) -> str | None:
    """The file's text as it is now: the home's, else the built-in one; None where there is none."""
    texts = (_text(folder / f"{name}.sql") for folder in (home.queries, BUILT_IN) if NAME.fullmatch(name))
    return next((text for text in texts if text is not None), None)


def ending_in_a_line(text: str) -> str:
    """The text with the line ends that files in a repository have."""
    return text.replace("\r\n", "\n").rstrip() + "\n"


def _problems(name: str, text: str, path: Path) -> Iterator[str]:
    if not NAME.fullmatch(name):
        yield f"'{name}' cannot be a question's name: small letters, digits and _, beginning with a letter, at most 63"
        return
    why = refusal(text)
    if why:
        yield why
    try:
        question_of(text, name, path)
    except UserError as mistake:
        yield from mistake.problems if not why else (problem for problem in mistake.problems if "header" in problem)


def _unchanged(path: Path, was: str | None) -> None:
    """Raises UserError when there is a file, and it is not the one that was seen."""
    now = _text(path)
    if now is not None and (was is None or ending_in_a_line(was) != ending_in_a_line(now)):
        said = "there is a question of that name already" if was is None else "it changed on disk since you opened it"
        raise UserError(f"queries/{path.name}: {said}. Look at the difference, then save again or under another name")


def _text(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return None


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One writer of the folder at a time, of all processes on this machine."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _repository(folder: Path) -> bool:
    """Whether the folder, or the nearest one above it that exists, is in a git repository."""
    there = next(place for place in (folder, *folder.resolve().parents) if place.is_dir())
    return _git(there, "rev-parse", "--is-inside-work-tree").returncode == 0


def _commit(path: Path, by: str) -> None:
    name = re.sub(r"[<>\n\r\0]", " ", by).strip() or "somebody"
    address = name if "@" in name else f"{re.sub(r'[^a-z0-9]+', '.', name.lower()).strip('.')}@timely.invalid"
    author = f"--author={name} <{address}>"
    commit = (*COMMITTER, "commit", "-m", f"Save the question {path.stem}", author, "--", path.name)
    for words in (("add", "--", path.name), commit):
        if words is commit and not _git(path.parent, "status", "--porcelain", "--", path.name).stdout:
            return  # as it was committed before
        done = _git(path.parent, *words)
        if done.returncode:
            why = (done.stderr or done.stdout).strip().splitlines()
            raise UserError(f"queries/{path.name} is saved, but was not committed: {why[0] if why else 'git gave no reason'}")


def _git(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = ["git", "-C", str(folder), *words]
    try:
        return subprocess.run(command, capture_output=True, text=True, timeout=GIT_SECONDS, check=False, stdin=subprocess.DEVNULL)
    except (OSError, subprocess.TimeoutExpired) as problem:
        return subprocess.CompletedProcess(command, 1, "", f"git did not run: {type(problem).__name__}")
