"""Answers about files and columns that no event table holds: counted by a mapping, which is what tallies are for."""

import json
import re
from pathlib import Path

import pytest

from tests.oracles.real_source import SETTINGS, SourceHome, answers

pytestmark = pytest.mark.real

HEAD = """-- source: {source}
{files}
-- table: tallies
-- time_zone: UTC
select name as tally_id, 'FILES' as site_id, name as metric, timestamp '2020-01-01' as period_start,
    timestamp '2020-01-02' as period_end, n as count, timestamp '2020-01-02' as recorded_at
from (
{counts}
)
"""
MIMIC = ("edstays", "triage", "vitalsign", "pyxis", "medrecon", "diagnosis")
MIMIC_COUNTS = "\nunion all ".join(
    [
        *(f"select '{name}' as name, count(*) as n from read_csv(${name}, all_varchar = true)" for name in MIMIC),
        "select 'hadm_id_null', count(*) from read_csv($edstays, all_varchar = true) where hadm_id is null",
        """select 'vitals_outside_stay', count(*)
        from read_csv($vitalsign, all_varchar = true) v join read_csv($edstays, all_varchar = true) s using (stay_id)
        where v.charttime::timestamp < s.intime::timestamp or v.charttime::timestamp > s.outtime::timestamp""",
        """select 'first_vital_before_intime', count(*)
        from (select stay_id, min(charttime::timestamp) as first from read_csv($vitalsign, all_varchar = true) group by stay_id) v
        join read_csv($edstays, all_varchar = true) s using (stay_id)
        where v.first < s.intime::timestamp""",
    ]
)
SF_COUNTS = """select 'hospital<transport rows' as name, count(*) as n from read_csv($files, all_varchar = true)
    where strptime("Hospital DtTm", '%m/%d/%Y %I:%M:%S %p') < strptime("Transport DtTm", '%m/%d/%Y %I:%M:%S %p')"""


def counted(folder: Path, source: str, counts: str, files: list[Path], groups: tuple[str, ...] = ()) -> dict[str, float]:
    """What the mapping counts in the files, through `timely ingest --mapping` and `timely query`."""
    (folder / "timely.toml").write_text(SETTINGS.format(zone="UTC"), encoding="utf-8")
    home = SourceHome(folder)
    home.run("init")
    mapping = folder / f"{source}.sql"
    heads = "\n".join(f"-- files: {name} = *{name}*" for name in groups)
    mapping.write_text(HEAD.format(source=source, files=heads, counts=counts), encoding="utf-8")
    report = json.loads(home.run("ingest", "--mapping", str(mapping), *map(str, files), "--json"))
    assert report["tables"]["tallies"]["rejected"] == 0
    home.run("refresh", "--json")
    return {row["metric"]: row["count"] for row in home.query("select metric, count from facts_tallies")}


def test_the_emergency_files(real: Path, tmp_path: Path) -> None:
    files = [real / "mimic_iv_ed_demo" / f"{name}.csv.gz" for name in MIMIC]
    found = counted(tmp_path, "mimic_files", MIMIC_COUNTS, files, MIMIC)
    expected = answers(real, "mimic_iv_ed_demo")
    assert found == {name: expected[name]["value"] for name in found}
    assert {*MIMIC, "hadm_id_null", "vitals_outside_stay", "first_vital_before_intime"} == set(found)


def test_units_at_hospital_before_they_left_for_it(real: Path, tmp_path: Path) -> None:
    (found,) = counted(tmp_path, "sf_files", SF_COUNTS, [real / "sf_fire" / "Fire_Department_Calls_for_Service.csv"]).values()
    assert found == answers(real, "sf_fire")["hospital<transport rows"]["value"]


def asked(name: str, text: str) -> bool:
    """Whether the text names it, as a word or words of their own."""
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text) is not None


def test_every_answer_is_asked_for_by_a_test(real: Path) -> None:
    """Each of the 98 is named by a test of its data set, or put together there of the parts below."""
    put_together = ("pct_within_4h_", "type1_Q2_", "acuity_")
    texts = [path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_real_*.py")]
    every = json.loads((real / "answers.json").read_text(encoding="utf-8"))
    unasked = [
        (answer["dataset"], answer["metric"]) for answer in every
        if not answer["metric"].startswith(put_together)
        and not any(f'"{answer["dataset"]}"' in text and asked(answer["metric"], text) for text in texts)
    ]  # fmt: skip
    assert len(every) == 98 and unasked == []
