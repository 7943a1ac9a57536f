"""A catalogue loads whole or not at all, and says everything that is wrong with it at once."""

import shutil
from pathlib import Path

import pytest

from metrics.definitions import BUILT_IN, load_catalog
from metrics.errors import UserError

RATE = {
    "title": '"Seen by noon"', "question": '"Who?"', "family": '"waits"', "table": '"visits"', "kind": '"rate"',
    "numerator": "\"disposition = 'admitted'\"", "better": '"lower"', "authority": '"local"', "owner": '"me"',
    "reviewed": "2026-11-23",
}  # fmt: skip
WAIT = {key: text for key, text in RATE.items() if key != "numerator"} | {
    "kind": '"duration"', "start": '"arrived_at"', "stop": '"seen_at"',
}  # fmt: skip
CENSUS = WAIT | {"kind": '"census"'}
COUNT = {key: text for key, text in RATE.items() if key != "numerator"} | {"kind": '"count"'}
RATIO = COUNT | {
    "kind": '"ratio"', "numerator_of": '"mine_too"', "denominator_of": '["mine_too"]', "unit": '"per 1,000 visits"',
}  # fmt: skip
TALLY = {key: text for key, text in RATE.items() if key != "numerator"} | {"table": '"tallies"', "tally": '"ae"'}


def written(folder: Path, name: str, base: dict[str, str], **changed: str | None) -> Path:
    """A metric's file: the base with keys changed, or left out where the change is None."""
    keys = {key: text for key, text in (base | changed).items() if text is not None}
    path = folder / f"{name}.toml"
    path.write_text("\n".join(f"{key} = {text}" for key, text in keys.items()), encoding="utf-8")
    return path


def problems(*folders: Path) -> tuple[str, ...]:
    with pytest.raises(UserError) as caught:
        load_catalog(*folders)
    return caught.value.problems


def only_problem(tmp_path: Path, base: dict[str, str], **changed: str | None) -> str:
    path = written(tmp_path, "mine", base, **changed)
    (found,) = problems(tmp_path)
    assert found.startswith(f"{path}: ")
    return found.removeprefix(f"{path}: ")


def test_the_built_in_catalogue_loads_in_family_order():
    catalog = load_catalog(BUILT_IN)
    assert {"no_show_rate", "door_to_provider", "service_level", "return_rate_90d"} <= set(catalog)
    assert next(iter(catalog.values())).family == "response"
    assert all(metric.id == name and metric.caveats for name, metric in catalog.items())


def test_both_engines_take_every_expression_of_the_built_in_catalogue(tmp_path):
    """Loading it does not try them: this does. A folder of copies is a home's, and is tried."""
    for path in BUILT_IN.glob("*.toml"):
        shutil.copy(path, tmp_path)
    assert load_catalog(tmp_path).keys() == load_catalog(BUILT_IN).keys()
    broken = (tmp_path / "no_show_rate.toml").read_text().replace("status =", "no_such_column =")
    (tmp_path / "no_show_rate.toml").write_text(broken)
    assert "no_such_column" in problems(tmp_path)[0]


def test_a_home_adds_its_own(tmp_path):
    written(tmp_path, "mine", RATE)
    assert load_catalog(BUILT_IN, tmp_path)["mine"].statistics == ("share",)


def test_a_folder_that_is_not_there_holds_nothing(tmp_path):
    assert load_catalog(tmp_path / "absent") == {}


def test_an_id_in_both_folders_names_both(tmp_path):
    path = written(tmp_path, "no_show_rate", RATE)
    (found,) = problems(BUILT_IN, tmp_path)
    assert found.startswith(f"{path}: metric 'no_show_rate' is already defined in ")
    assert "no_show_rate.toml; rename one" in found


def test_every_problem_of_every_file_is_said_at_once(tmp_path):
    written(tmp_path, "first", WAIT, start='"arived_at"', stop='"seen"', owner=None, wher="1")
    written(tmp_path, "second", RATE, family='"wait"', kind='"rates"')
    (tmp_path / "third.toml").write_text("title = ", encoding="utf-8")
    found = "\n".join(problems(tmp_path))
    for expected in (
        "first.toml: start: unknown column 'arived_at'. Did you mean arrived_at?",
        "first.toml: stop: unknown column 'seen'. Did you mean seen_at?",
        "first.toml: owner: missing",
        "first.toml: wher: unknown key. Did you mean where?",
        "second.toml: family: 'wait' is not known. Did you mean waits?",
        "second.toml: kind: 'rates' is not known. Did you mean rate?",
        "third.toml: cannot be read as TOML",
    ):
        assert expected in found


@pytest.mark.parametrize(
    ("key", "text", "expected"),
    [
        ("where", "acuity", "where: 'acuity' gives Int64, not true or false"),
        ("where", "arrived_at > '2026-01-01'", "where: Polars does not take"),
        ("where", "date_diff('day', arrived_at, seen_at) > 1", "where: Polars does not take"),
        ("where", "acuity is distinct from 3 and lower(arrival_mode) similar to 'w%'", "where: Polars does not take"),
        ("where", "sum(acuity) > 3", "where: DuckDB does not take"),
        ("where", "strpos(arrival_mode, 'w') > 0 and arrival_mode like_any 'w'", "where: Polars does not take"),
        ("where", "disposition = 'admited'", "where: disposition is never 'admited'. Did you mean admitted?"),
        ("where", "disposition in ('admitted', 'gone')", "where: disposition is never 'gone'."),
        ("where", "Disposition = 'admitted'", "where: unknown column 'Disposition'. Did you mean disposition?"),
        ("where", "true) or (true", "where: Polars does not take"),
        ("where", "acuity = 1 -- urgent", "where: DuckDB does not take"),
        ("numerator", "arrived_at", "numerator: 'arrived_at' gives Datetime"),
        ("open", "next_visit_at is null", "open: unknown column 'next_visit_at'."),
    ],
)
def test_a_predicate_must_be_one_that_both_engines_take(tmp_path, key, text, expected):
    assert only_problem(tmp_path, RATE, **{key: f'"{text}"'}).startswith(expected)


def test_a_start_must_be_an_instant(tmp_path):
    assert only_problem(tmp_path, WAIT, start='"acuity"') == "start: 'acuity' gives Int64, not an instant"


def test_derived_columns_may_be_used(tmp_path):
    written(tmp_path, "mine", RATE, table='"appointments"', numerator='"booked_day = day and next_visit_at < as_of"')
    assert load_catalog(tmp_path)["mine"].numerator == "booked_day = day and next_visit_at < as_of"


@pytest.mark.parametrize(
    ("base", "changed", "expected"),
    [
        (RATE, {"numerator": None}, "numerator: missing; a rate needs it"),
        (WAIT, {"stop": None}, "stop: missing; a duration needs it"),
        (RATE, {"start": '"arrived_at"'}, "start: a rate has no start; it belongs to a duration"),
        (RATE, {"statistics": '["median"]'}, "statistics: a rate has no 'median'; it has share"),
        (WAIT, {"statistics": '["median", "median"]'}, "statistics: one is listed twice"),
        (WAIT, {"statistics": '["within"]'}, "within: missing; the statistic 'within' needs a length"),
        (WAIT, {"statistics": '["km_within"]'}, "within: missing; the statistic 'km_within' needs a length"),
        (CENSUS, {"within": '"2 days"', "met_until": '"seen_at"'}, "met_until: a census has one share; name within or met_until"),
        (CENSUS, {"statistics": '["share"]'}, "met_until: missing; the share of a census needs the instant"),
        (WAIT, {"met_until": '"seen_at"'}, "met_until: a duration has no met_until; it belongs to a census"),
        (RATIO, {"numerator_of": None}, "numerator_of: missing; a ratio needs it"),
        (RATIO, {"where": '"acuity = 1"'}, "where: a ratio has no where; its counts say what they count"),
        (RATIO, {"unit": '"minutes"'}, "unit: a ratio is not told in 'minutes'; a ratio is told per so many"),
        (WAIT, {"unit": '"per visit"'}, "unit: a duration is not told in 'per visit'"),
        (CENSUS, {"within": '"36 hours"'}, "within: the calendar_days clock counts whole days"),
        (CENSUS, {"stop": None}, "stop: missing; a census needs it"),
        (CENSUS, {"stop": '"least(departed_at, as_of)"'}, "stop: a census counts on many days, and as_of is one"),
        (CENSUS, {"statistics": '["median"]'}, "statistics: a census has no 'median'; it has count, within"),
        (WAIT, {"statistics": '["median"]', "within": '"1 hour"'}, "within: a length is given, but statistics does not list"),
        (WAIT, {"within": '"an hour"'}, "within: 'an hour' is not a length of time"),
        (WAIT, {"clock": '"calendar_days"', "within": '"36 hours"'}, "within: the calendar_days clock counts whole days"),
        (WAIT, {"clock": '"business"', "unit": '"hours"', "within": '"3 days"'}, "within: the business clock counts opening hours"),
        (WAIT, {"clock": '"working_days"', "unit": '"minutes"'}, "unit: the working_days clock counts days"),
        (WAIT, {"clock": '"business"', "unit": '"days"'}, "unit: the business clock counts opening hours"),
        (RATE, {"table": '"visit"'}, "table: unknown table 'visit'. Did you mean visits?"),
        (RATE, {"table": '"patients"', "numerator": '"deceased"'}, "table: patients have no date of their own"),
        (RATE, {"dimensions": '["site", "age_bnad"]'}, "dimensions: unknown dimension 'age_bnad'. Did you mean age_band?"),
        (RATE, {"id": '"other"'}, "id: the file's name is the id; remove the key"),
        (RATE, {"reviewed": '"soon"'}, "reviewed: 'soon': "),
        (TALLY, {"tally": None, "numerator": '"true"'}, "tally: missing; a metric on tallies names the tally"),
        (TALLY, {"where": "\"metric = 'ae'\""}, "where: a metric on tallies has no where"),
        (TALLY, {"table": '"visits"'}, "tally: only a metric on tallies has one"),
        (TALLY, {"kind": '"count"'}, "kind: a tally adds up to a rate or a duration"),
    ],
)
def test_keys_that_do_not_fit_together(tmp_path, base, changed, expected):
    assert only_problem(tmp_path, base, **changed).startswith(expected)


@pytest.mark.parametrize("value", ["3", "[1]", "{ a = 1 }", "true", "2026-01-01", '""'])
@pytest.mark.parametrize(
    "key", ["table", "kind", "where", "numerator", "statistics", "clock", "unit", "within", "dimensions", "tally"]
)
def test_a_value_of_the_wrong_type_is_a_sentence(tmp_path, key, value):
    written(tmp_path, "mine", RATE, **{key: value})
    assert any(f"mine.toml: {key}: " in problem for problem in problems(tmp_path))


def test_a_tally_needs_no_predicates(tmp_path):
    written(tmp_path, "share", TALLY)
    written(
        tmp_path, "bins", TALLY, kind='"duration"', unit='"weeks"', statistics='["median", "p95", "within"]', within='"18 weeks"'
    )
    found = load_catalog(tmp_path)
    assert (found["share"].statistics, found["bins"].within_units) == (("share",), 18)


def test_a_file_that_is_not_text_is_a_sentence(tmp_path):
    (tmp_path / "mine.toml").write_bytes(b'title = "caf\xe9"')
    (found,) = problems(tmp_path)
    assert found.endswith("is not UTF-8 text (byte 12); save it as UTF-8")


def test_a_file_name_must_make_an_id(tmp_path):
    written(tmp_path, "My-Metric", RATE)
    assert "'My-Metric' must be lower-case letters, digits and _" in problems(tmp_path)[0]


@pytest.mark.parametrize(
    ("changed", "statistics", "unit"),
    [
        ({}, ("median", "p90"), "minutes"),
        ({"within": '"1 hour"'}, ("median", "p90", "within"), "minutes"),
        ({"clock": '"working_days"'}, ("median", "p90"), "days"),
    ],
)
def test_statistics_and_unit_default_by_kind_and_clock(tmp_path, changed, statistics, unit):
    written(tmp_path, "mine", WAIT, **changed)
    metric = load_catalog(tmp_path)["mine"]
    assert (metric.statistics, metric.unit) == (statistics, unit)


def test_a_ratio_is_made_of_counts_that_are_there(tmp_path):
    written(tmp_path, "mine_too", COUNT)
    written(tmp_path, "share", RATE)
    path = written(tmp_path, "mine", RATIO)
    ratio = load_catalog(tmp_path)["mine"]
    assert ([part.id for part in ratio.parts], ratio.per, ratio.statistics) == (["mine_too", "mine_too"], 1000, ("ratio",))
    written(tmp_path, "mine", RATIO, numerator_of='"mine_to"', denominator_of='["share"]')
    assert problems(tmp_path) == (
        f"{path}: numerator_of: there is no metric 'mine_to'. Did you mean mine_too?",
        f"{path}: denominator_of: share is a rate; a ratio is made of counts",
    )
