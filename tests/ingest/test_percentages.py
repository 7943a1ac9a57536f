"""A file that holds only percentages is refused with a sentence, whatever it calls them; the lake stays as it was."""

from datetime import datetime

import pytest

from metrics import lake
from metrics.errors import UserError
from metrics.ingest import ingest
from metrics.sources import load_mapping
from tests.ingest.loading import new_home

NOW = datetime(2026, 6, 1)
HEAD = """-- source: board_pack
-- table: tallies
-- time_zone: UTC
select month || place as tally_id, place as site_id, 'within_4h' as metric, cast(month as timestamp) as period_start,
    cast(month as timestamp) + interval '1 month' as period_end, cast(month as timestamp) as recorded_at, {}
from read_csv($files, all_varchar = true)
"""


@pytest.fixture
def pack(tmp_path):
    """Of what a mapping makes of the percentages and of the file's whole numbers: the ingest."""
    home = new_home(tmp_path / "home")
    rows = "".join(f"2026-{month:02}-01,CEN,{70 + month},{900 + month},1000\n" for month in range(1, 13))
    (tmp_path / "pack.csv").write_text(f"month,place,percent,seen,came\n{rows}", encoding="utf-8")

    def read(columns):
        mapping = tmp_path / "board_pack.sql"
        mapping.write_text(HEAD.format(columns), encoding="utf-8")
        ingest(home, load_mapping(mapping), [tmp_path / "pack.csv"], now=NOW)
        return lake.scan(home.lake, "tallies").collect()

    read.home = home
    return read


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ("cast(percent as double) as numerator", "board_pack: its tallies hold no counts. Percentages and averages cannot"),
        ("cast(percent as double) as numerator, 100 as denominator", "every one of its 12 denominators is 100 or 1"),
        ("cast(percent as double) / 100 as numerator, 1 as denominator", "every one of its 12 denominators is 100 or 1"),
    ],
)
def test_percentages_are_refused(pack, columns, said):
    with pytest.raises(UserError, match=said):
        pack(columns)
    assert lake.head(pack.home.lake).sequence == 0


def test_counts_are_taken(pack):
    assert pack("cast(seen as double) as numerator, cast(came as double) as denominator")["denominator"].to_list() == [1000] * 12


def test_what_is_called_published_is_kept_as_such(pack):
    stated = pack("'share' as published, cast(percent as double) / 100 as published_value")
    assert stated["published_value"].null_count() == 0


def test_a_fraction_of_a_hundred_among_counts_is_rejected(pack):
    """One row in a file of counts that is a percentage after all."""
    kept = pack(
        "if(month = '2026-02-01', 71.4, cast(seen as double)) as numerator, if(month = '2026-02-01', 100, 1000) as denominator"
    )
    assert kept.height == 11
    assert lake.rejects(pack.home.lake).collect()["rule"].to_list() == ["not_a_percentage"]
