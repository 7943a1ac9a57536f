"""Every tile of the simulated provider's scorecard is what its own Show SQL gives, by the path the button takes."""

from pathlib import Path

import pytest

from metrics.dashboard import data, metric_figures, proof
from metrics.dashboard.data import Place
from metrics.dashboard.theme import LIGHT
from metrics.home import open_home
from metrics.warehouse import current
from metrics.workbench import query

LEAST_METRICS = 15  # the provider feeds all but the ones that read somebody else's counts


@pytest.mark.parametrize("place", [Place(), Place("CEN"), Place("ELM", "primary_care")], ids=str)
@pytest.mark.parametrize("grain", ["week", "month"])
def test_the_sql_of_every_tile_gives_its_figure(provider: Path, place: Place, grain: str) -> None:
    home, generation = open_home(provider), current(provider)
    contracts = data.contracts(generation)
    tiles = [row for row in data.scorecard(generation, place, grain).to_dicts() if row["value"] is not None]
    assert len(tiles) >= (LEAST_METRICS if place == Place() else 3)
    for row in tiles:
        view = metric_figures.View(contracts[row["metric"]], row["statistic"], grain, place, "here", LIGHT)
        first, last = data.settled(generation, row["metric"], grain) or (None, None)
        assert first == row["period_start"]
        asked = proof.compiled(home, view, first, last)
        answer = query.run(home, generation, asked.sql, dict(asked.params))
        held = proof.held_against(row["value"], answer.frame, first, view)
        assert held.equal, (row["metric"], held)
