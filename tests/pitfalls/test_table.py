"""docs/pitfalls.md against the tests that it names: every pitfall has one, and every one that is named is there."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LINES = [
    [cell.strip() for cell in line.strip("|\n").split("|")]
    for line in (ROOT / "docs/pitfalls.md").read_text(encoding="utf-8").splitlines()
    if re.match(r"\| \d", line)
]


def test_every_pitfall_is_there_once_with_a_wrong_way_a_right_one_and_a_test() -> None:
    assert [int(line[0]) for line in LINES] == list(range(1, 26))
    assert all(len(line) == 5 and all(line) for line in LINES)


@pytest.mark.parametrize("line", LINES, ids=[line[1] for line in LINES])
def test_what_is_named_is_a_test(line: list[str]) -> None:
    named = re.findall(r"`(tests/\S+\.py)::(test_\w+)`", line[4])
    assert named
    for path, name in named:
        tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
        assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}, f"{path} has no {name}"


def test_no_pitfall_is_shown_without_being_named() -> None:
    named = " ".join(line[4] for line in LINES)
    for path in Path(__file__).parent.glob("test_pitfalls_*.py"):
        for name in re.findall(r"^def (test_\w+)", path.read_text(encoding="utf-8"), re.M):
            assert f"tests/pitfalls/{path.name}::{name}`" in named
