"""Twenty people and a bomb run queries while refreshes publish: no error, and no figure that its generation does not hold."""

import shutil
from pathlib import Path

import pytest

from metrics.home import open_home
from tests.benchmarks.crowd import BOMB, PEOPLE, Crowd, asks, published, right_answers, tokens
from tests.browser.conftest import served

PUBLISHES = 2


@pytest.fixture
def crowded(provider: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the provider's home that can be written to, a bomb among its questions, a token for each person."""
    monkeypatch.setenv("TIMELY_API_TOKENS", tokens(PEOPLE + 1))
    path = Path(shutil.copytree(provider, tmp_path / "home"))
    (path / "queries").mkdir(exist_ok=True)
    (path / "queries/bomb.sql").write_text(BOMB, encoding="utf-8")
    return path


def test_everybody_is_answered_rightly_while_generations_change(crowded: Path) -> None:
    home = open_home(crowded)
    wanted = [ask for ask in asks(home) if ask[0] != "bomb"]
    right = right_answers(home, wanted)
    with served(crowded) as address, Crowd(address, wanted, think=1).asking(PEOPLE, bombs=1) as crowd:
        for batch in range(PUBLISHES):
            right |= published(home, batch, wanted)
    answered = {generation for generation, _, _ in crowd.seen}
    assert {outcome for outcome in crowd.outcomes if not outcome.startswith("bomb")} == {"200"}
    assert "bomb 200" not in crowd.outcomes
    assert len(answered) > 1, "nobody asked across a publish"
    assert crowd.wrong(right) == []
