"""The SQL form's promises: periods, places, strata, intervals, tallies; and a figure is null where there is none."""

from datetime import date, datetime, timedelta

import duckdb
import polars as pl
import pytest

from metrics.definitions import BUILT_IN, Metric, definition_version, load_catalog, sql_for
from metrics.definitions.numbers import figure
from metrics.errors import UserError
from metrics.events import TABLES
from tests.specs.drawn import ENGINES, World, drawn, sql_figures

CATALOG = load_catalog(BUILT_IN)


def appointments(missed: int, kept: int, **columns: str) -> str:
    """Rows of missed and kept appointments, without a header."""
    extra = "".join(f" | {value}" for value in columns.values())
    return "\n".join([f"noshow{extra}"] * missed + [f"fulfilled{extra}"] * kept)


@pytest.fixture(params=ENGINES)
def engine(request):
    return ENGINES[request.param]


@pytest.mark.parametrize(
    ("missed", "kept", "lower", "upper"),
    [
        (0, 10, 0, 27.75),
        (1, 11, 1.49, 35.39),
        (9, 1, 59.58, 98.21),
        (45, 5, 78.64, 95.65),
        (450, 50, 87.06, 92.33),
        (921, 79, 90.26, 93.62),
    ],
)
def test_shares_carry_wilsons_interval(engine, missed, kept, lower, upper):
    """Golden vector 3."""
    (row,) = engine(CATALOG["no_show_rate"], "share", drawn("appointments", "status\n" + appointments(missed, kept))).to_dicts()
    assert (row["lower"] * 100, row["upper"] * 100) == (pytest.approx(lower, abs=0.005), pytest.approx(upper, abs=0.005))


SIMPSON = {"0": ((31, 967), (0, 0)), "1-2": ((114, 472), (0, 0)), "3-7": ((29, 62), (40, 173)), "8-14": ((21, 68), (77, 274)),
           "15-30": ((37, 108), (113, 424)), "31+": ((35, 92), (91, 359))}  # fmt: skip


def test_a_total_may_say_the_opposite_of_every_stratum(engine):
    """Golden vector 16: missed of all, without and with a text message, by days of lead. Strata add up to the total."""
    parts = [
        appointments(missed, total - missed, service=band, site=site)
        for band, groups in SIMPSON.items()
        for site, (missed, total) in zip(("CEN", "HAR"), groups, strict=True)  # CEN: no message; HAR: message
        if total
    ]
    events = drawn("appointments", "status | service_id | site_id\n" + "\n".join(parts))
    metric = CATALOG["no_show_rate"]
    totals = engine(metric, "share", events, None, ("site",)).select("site_id", "numerator", "denominator").rows()
    assert totals == [("CEN", 267, 1769), ("HAR", 321, 1230)]
    by_band = engine(metric, "share", events, None, ("site", "service"))
    assert {(row["site_id"], row["service_id"]): (row["numerator"], row["denominator"]) for row in by_band.to_dicts()} == {
        (site, band): counts
        for band, groups in SIMPSON.items()
        for site, counts in zip(("CEN", "HAR"), groups, strict=True)
        if counts[1]
    }
    shares = {(row["site_id"], row["service_id"]): row["value"] for row in by_band.to_dicts()}
    assert 267 / 1769 < 321 / 1230
    assert all(shares["CEN", band] > shares["HAR", band] for band in ("3-7", "8-14", "15-30", "31+"))


def test_an_interval_of_a_median_is_null_where_the_sample_does_not_hold_it(engine):
    """With 5 cases both ends fall outside the sample; with 11 the ranks are 2 and 10."""
    metric = CATALOG["ed_length_of_stay"]
    rows = [f"09:00 | 09:{minute:02}" for minute in range(1, 12)]
    few = engine(metric, "median", drawn("visits", "arrived_at | departed_at\n" + "\n".join(rows[:5]))).to_dicts()[0]
    many = engine(metric, "median", drawn("visits", "arrived_at | departed_at\n" + "\n".join(rows))).to_dicts()[0]
    assert (few["value"], few["lower"], few["upper"], few["n"]) == (3, None, None, 5)
    assert (many["value"], many["lower"], many["upper"], many["n"]) == (6, 2, 10, 11)


def test_a_queue_in_which_nobody_was_served_has_no_figure(engine):
    """Golden vector 17: null, not 0 and not NaN."""
    events = drawn("visits", "arrived_at | departed_at\n09:00 |\n09:10 |")
    (row,) = engine(CATALOG["ed_length_of_stay"], "median", events, World(as_of=datetime(2026, 3, 2, 9, 20))).to_dicts()
    assert (row["value"], row["n"], row["still_open"], row["lower"]) == (None, 0, 2, None)


def test_nothing_is_no_row(engine):
    assert engine(CATALOG["no_show_rate"], "share", drawn("appointments", "status\ncancelled")).is_empty()


def test_what_has_not_begun_does_not_count(engine):
    events = drawn("appointments", "status | scheduled_start\nfulfilled | 2026-03-02 09:00\nbooked | 2026-03-02 09:01")
    (row,) = engine(CATALOG["no_show_rate"], "share", events, World(as_of=datetime(2026, 3, 2, 9, 0))).to_dicts()
    assert (row["n"], row["still_open"]) == (1, 0)


@pytest.mark.parametrize(
    ("grain", "starts"),
    [
        ("day", ["2025-12-31", "2026-01-04", "2026-01-05", "2026-07-02"]),
        ("week", ["2025-12-29", "2026-01-05", "2026-06-29"]),
        ("month", ["2025-12-01", "2026-01-01", "2026-07-01"]),
        ("quarter", ["2025-10-01", "2026-01-01", "2026-07-01"]),
        ("year", ["2025-01-01", "2026-01-01"]),
    ],
)
def test_periods_are_of_the_local_calendar(engine, grain, starts):
    events = drawn("visits", """
        arrived_at
        2025-12-31 23:59:59
        2026-01-04 23:00
        2026-01-05 00:00
        2026-07-01 23:00
    """)  # fmt: skip
    found = engine(CATALOG["left_without_being_seen"], "share", events, World(), (), grain)
    assert found["period_start"].to_list() == [date.fromisoformat(start) for start in starts]


def test_a_period_is_mature_when_its_wait_is_over(engine):
    events = drawn("appointments", "status | scheduled_start\nfulfilled | 2026-03-31 09:00")
    times = {datetime(2026, 4, 4): True, datetime(2026, 4, 3, 23, 59): False}  # 72 hours after the month's last midnight
    for as_of, mature in times.items():
        assert engine(CATALOG["no_show_rate"], "share", events, World(as_of=as_of))["mature"].to_list() == [mature]


STRATA = pl.DataFrame(
    [{"patient_key": "ann", "age_band": "80+", "interpreter": True}, {"patient_key": "ben", "interpreter": False}],
    schema=TABLES["patients"].schema,
)


@pytest.mark.parametrize(
    ("stratum", "expected"),
    [("age_band", [("80+", 1), ("unknown", 3)]), ("interpreter", [("false", 1), ("true", 1), ("unknown", 2)])],
)
def test_strata_add_up_with_the_unknown(engine, stratum, expected):
    events = drawn("appointments", "status | patient_key\nfulfilled | ann\nfulfilled | ben\nfulfilled | cat\nfulfilled |")
    found = engine(CATALOG["no_show_rate"], "share", events, World(patients=STRATA), (stratum,))
    assert sorted(found.select(stratum, "n").rows()) == expected


# ---- questions that only the SQL answers


def test_days_and_places_asked_for_are_included():
    events = drawn("visits", "arrived_at\n" + "\n".join(f"2026-03-{day:02} 09:00" for day in range(1, 32)))
    metric = CATALOG["left_without_being_seen"]
    asked = {"since": date(2026, 3, 10), "until": date(2026, 3, 12)}
    everything = sql_figures(metric, "share", events, grain="all", **asked).to_dicts()[0]
    assert (everything["period_start"], everything["still_open"]) == (date(2026, 3, 10), 3)
    assert sql_figures(metric, "share", events, grain="all").to_dicts()[0]["period_start"] == date(2026, 3, 1)
    assert sql_figures(metric, "share", events, site="CEN", service="general")["still_open"].to_list() == [31]
    assert sql_figures(metric, "share", events, site="HAR").is_empty()
    assert sql_figures(metric, "share", events, service="other").is_empty()


def test_one_period_matures_by_the_last_day_asked_for():
    events = drawn("visits", "arrived_at\n2026-03-02 09:00")
    asked = {"grain": "all", "until": date(2026, 3, 31)}
    metric = CATALOG["left_without_being_seen"]
    assert sql_figures(metric, "share", events, World(as_of=datetime(2026, 4, 2)), **asked)["mature"].to_list() == [True]
    assert sql_figures(metric, "share", events, World(as_of=datetime(2026, 4, 1, 23)), **asked)["mature"].to_list() == [False]


def test_a_site_nobody_listed_is_in_the_default_zone():
    events = drawn("visits", "site_id | arrived_at\nNEW | 2026-03-02 03:00")
    query = sql_for(CATALOG["left_without_being_seen"], "share", grain="day", default_zone="America/New_York")
    assert "coalesce(sites.time_zone, 'America/New_York')" in query.sql
    assert sql_figures(CATALOG["left_without_being_seen"], "share", events, grain="day")["period_start"].to_list() == [
        date(2026, 3, 2)
    ]


@pytest.mark.parametrize("metric", CATALOG.values(), ids=lambda metric: metric.id)
def test_the_query_says_what_it_is(metric):
    sql = sql_for(metric, metric.statistics[0]).sql
    assert sql.startswith(f"-- metric: {metric.id}\n")
    assert f"\n-- definition: {definition_version(metric)}\n" in sql
    (statement,) = duckdb.extract_statements(sql)
    assert statement.type == duckdb.StatementType.SELECT


def test_a_question_the_metric_cannot_answer_is_said_whole():
    with pytest.raises(UserError) as caught:
        sql_for(CATALOG["no_show_rate"], "median", ("sites",), "fortnight")
    assert [problem.split(":")[0] for problem in caught.value.problems] == ["no_show_rate", "by", "grain"]


# ---- counts made elsewhere


def tally_metric(**keys: object) -> Metric:
    given = {
        "id": "waiting", "title": "t", "question": "q", "family": "waits", "table": "tallies", "kind": "rate", "tally": "it's",
        "better": "lower", "authority": "a", "owner": "o", "reviewed": date(2026, 1, 1),
    }  # fmt: skip
    return Metric(**(given | keys))


MONTHS = """
    metric | site_id | service_id | period_start     | period_end       | numerator | denominator
    it's   | CEN     | a          | 2026-01-01 00:00 | 2026-02-01 00:00 | 10        | 10
    it's   | CEN     | b          | 2026-02-01 00:00 | 2026-03-01 00:00 | 50        | 100
    it's   | HAR     | a          | 2026-02-01 05:00 | 2026-03-01 05:00 | 0         | 0
    other  | CEN     | a          | 2026-01-01 00:00 | 2026-02-01 00:00 | 1         | 1
    it's   | CEN     | a          | 2026-12-30 00:00 | 2027-01-02 00:00 | 5         | 5
"""


def test_tallies_are_re_added_in_the_periods_that_hold_them(engine):
    metric, events, world = tally_metric(), drawn("tallies", MONTHS), World(as_of=datetime(2027, 2, 1))
    columns = ("period_start", "numerator", "denominator")
    assert engine(metric, "share", events, world).select(columns).rows() == [
        (date(2026, 1, 1), 10, 10), (date(2026, 2, 1), 50, 100)
    ]  # fmt: skip
    assert engine(metric, "share", events, world, grain="quarter").select(columns).rows() == [(date(2026, 1, 1), 60, 110)]
    assert engine(metric, "share", events, world, grain="year").select(columns).rows() == [(date(2026, 1, 1), 60, 110)]
    assert engine(metric, "share", events, world, grain="week").select(columns).rows() == [(date(2026, 12, 28), 5, 5)]
    assert sql_figures(metric, "share", events, world, grain="all").select(columns).rows() == [(date(2026, 1, 1), 65, 115)]
    assert engine(metric, "share", events, world, ("site", "service"))["n"].to_list() == [10, 100]


BINS = """
    metric | bin_lower | bin_upper | count | period_start     | period_end
    it's   | 0         | 1         | 10    | 2026-03-01 00:00 | 2026-03-31 23:00
    it's   | 1         | 2         | 20    | 2026-03-01 00:00 | 2026-03-31 23:00
    it's   | 2         | 3         | 0     | 2026-03-01 00:00 | 2026-03-31 23:00
    it's   | 17        | 18        | 10    | 2026-03-01 00:00 | 2026-03-31 23:00
    it's   | 104       |           | 10    | 2026-03-01 00:00 | 2026-03-31 23:00
"""


def bins(**keys: object) -> Metric:
    return tally_metric(kind="duration", unit="weeks", within="18 weeks", statistics=["median", "p95", "within"], **keys)


def test_a_wait_in_bins_is_interpolated_inside_its_bin(engine):
    events = drawn("tallies", BINS)
    median = engine(bins(), "median", events).to_dicts()[0]
    assert (median["value"], median["n"]) == (1.75, 50)  # the 25th of 50: 15 into the 20 of the second bin


def test_a_quantile_in_the_open_bin_is_over_its_edge_and_no_more_is_said(engine):
    events = drawn("tallies", BINS)
    (found,) = engine(bins(), "p95", events).to_dicts()
    assert (found["value"], found["lower"], found["upper"], found["n"]) == (None, 104, None, 50)
    assert figure(found["value"], "p95", "weeks", found["lower"]) == "over 104 weeks"
    assert figure(None, "p95", "weeks") == "–"


def test_a_bin_of_one_value_at_the_open_bins_edge_is_not_open(engine):
    events = drawn("tallies", """
        metric | bin_lower | bin_upper | count | period_start     | period_end
        it's   | 104       | 104       | 30    | 2026-03-01 00:00 | 2026-03-31 23:00
        it's   | 104       |           | 10    | 2026-03-01 00:00 | 2026-03-31 23:00
    """)  # fmt: skip
    assert engine(bins(), "median", events)["value"].to_list() == [104]
    assert engine(bins(), "p95", events)["value"].to_list() == [None]


def test_within_is_exact_at_a_bins_edge_and_never_holds_the_open_bin(engine):
    events = drawn("tallies", BINS)
    inside = [
        engine(bins().model_copy(update={"within": timedelta(weeks=weeks)}), "within", events).to_dicts()[0] for weeks in (18, 104)
    ]
    assert [(row["numerator"], row["denominator"], row["value"]) for row in inside] == [(40, 50, 0.8), (40, 50, 0.8)]


def test_a_point_bin_stands_at_its_value(engine):
    events = drawn("tallies", "metric | bin_lower | bin_upper | count\nit's | 5 | 5 | 3\nit's | 9 | 9 | 3")
    events = events.with_columns(period_end=pl.col("period_start") + timedelta(hours=1))
    assert engine(bins(), "median", events)["value"].to_list() == [5]


def test_tallies_cannot_be_split_by_patients():
    with pytest.raises(UserError, match="only site and service can split it"):
        sql_for(tally_metric(), "share", ("age_band",))
