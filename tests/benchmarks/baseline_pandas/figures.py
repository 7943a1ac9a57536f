"""Counts, quantiles and observations in pandas.

Booleans are summed once by place and day, and once by place, month and stratum; each group's waits are sorted once,
and every quantile and both ends of its interval are read off by position.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from tests.benchmarks.baseline_pandas.given import Given

Z = 1.959963984540054  # the normal quantile of a two-sided 95 % interval
PLACES = (["site_id", "service_id"], ["site_id"], ["service_id"], [])
GRAINS = {"day": "D", "week": "W-SUN", "month": "M", "quarter": "Q", "year": "Y"}  # as pandas names periods
STRATA = ("age_band", "language", "interpreter", "deprivation", "payer")
MEASURES = ["numerator", "denominator", "completed", "still_open"]
QUANTILES = {"median": 0.5, "p90": 0.9, "p95": 0.95}
DAY_CLOCK = {"lead_time", "complaint_acknowledgement_time", "complaint_resolution_time"}

# metric -> what it is reported as, clock units in a unit shown, what counts as in time (durations), hours until mature
DURATIONS: dict[str, tuple[tuple[str, ...], int, int, int]] = {
    "checkin_to_room": (("median", "p90", "within"), 60, 30 * 60, 24),
    "room_to_provider": (("median", "p90", "within"), 60, 15 * 60, 24),
    "lead_time": (("median", "p90", "within"), 1, 14, 72),
    "door_to_provider": (("median", "p90", "within"), 60, 60 * 60, 24),
    "ed_length_of_stay": (("median", "p90", "p95", "within"), 60, 4 * 3600, 24),
    "speed_of_answer": (("median", "p90", "within"), 1, 30, 24),
    "portal_response_time": (("median", "p90", "within"), 3600, 24 * 3600, 7 * 24),
    "complaint_acknowledgement_time": (("median", "p90", "within"), 1, 3, 7 * 24),
    "complaint_resolution_time": (("median", "p90", "within"), 1, 20, 42 * 24),
}
RATES = {
    "no_show_rate": 72, "late_cancellation_rate": 72, "same_day_share": 72, "virtual_visit_share": 72, "return_rate_90d": 90 * 24,
    "left_without_being_seen": 24, "service_level": 24, "abandonment_rate": 24,
}  # fmt: skip


@dataclass
class Results:
    """Where facts go as they are made, and the counts and waits from which the observations are made at the end."""

    out: Path
    given: Given
    by_day: list[pd.DataFrame] = field(default_factory=list)
    by_stratum: list[pd.DataFrame] = field(default_factory=list)
    found: list[pd.DataFrame] = field(default_factory=list)
    bins: list[pd.DataFrame] = field(default_factory=list)

    def take(self, table: str, anchor: str, facts: pd.DataFrame, flags: Mapping[str, Mapping[str, pd.Series]]) -> None:
        """Write a table's facts, add up its flags, read off its quantiles."""
        facts.to_parquet(self.out / f"facts_{table}.parquet", index=False)
        durations = [metric for metric in DURATIONS if f"{metric}_end" in facts]
        every = dict(flags) | {metric: _duration_flags(facts, metric) for metric in durations}
        wide = pd.DataFrame({(metric, measure): flag for metric, parts in every.items() for measure, flag in parts.items()})
        waits = facts[[f"{metric}_{part}" for metric in durations for part in ("wait", "end")]]
        rows = pd.concat([facts[["site_id", "service_id", "day", "patient_key"]], waits], axis=1)
        begun = facts[anchor] <= self.given.as_of
        rows, wide = rows[begun], wide[begun]
        strata = rows[["patient_key"]].merge(self.given.patients, on="patient_key", how="left")
        for name in STRATA:
            rows[name] = (f"{name}=" + strata[name].fillna("unknown")).astype("category").to_numpy()
        self._count(rows, wide)
        for metric in durations:
            self._read_off(rows[rows[f"{metric}_end"] == "done"].rename(columns={f"{metric}_wait": "wait"}), metric)

    def _count(self, rows: pd.DataFrame, wide: pd.DataFrame) -> None:
        by_day = wide.groupby([rows["site_id"], rows["service_id"], rows["day"].rename("period")], observed=True).sum()
        self.by_day.append(_long(by_day))
        month = rows["day"].dt.to_period("M").dt.to_timestamp().rename("period")
        for name in STRATA:
            split = wide.groupby([rows["site_id"], rows["service_id"], month, rows[name].rename("stratum")], observed=True).sum()
            self.by_stratum.append(_long(split))

    def _read_off(self, done: pd.DataFrame, metric: str) -> None:
        statistics = [name for name in DURATIONS[metric][0] if name in QUANTILES]
        for grain in GRAINS:
            period = period_start(done["day"], grain)
            for place in PLACES:
                groups = [done[name] for name in place] + [period.rename("period")]
                self.found.append(quantiles(done["wait"], groups, statistics).assign(metric=metric, grain=grain))
        self.bins.append(wait_bins(done, metric))

    def finish(self) -> None:
        """Write observations and wait_bins."""
        counts = pd.concat([*rolled(pd.concat(self.by_day), GRAINS), *rolled(pd.concat(self.by_stratum), ["month"])])
        observations(counts, pd.concat(self.found), self.given.as_of).to_parquet(self.out / "observations.parquet", index=False)
        pd.concat(self.bins).to_parquet(self.out / "wait_bins.parquet", index=False)


def _duration_flags(facts: pd.DataFrame, metric: str) -> dict[str, pd.Series]:
    end, inside = facts[f"{metric}_end"], facts[f"{metric}_wait"] <= DURATIONS[metric][2]
    done = end == "done"
    return {
        "numerator": done & inside, "denominator": done | (end.notna() & ~inside), "completed": done, "still_open": end == "open",
    }  # fmt: skip


def _long(wide: pd.DataFrame) -> pd.DataFrame:
    """One row a metric and group that counts anything."""
    parts = [wide[metric].reset_index().assign(metric=metric) for metric in wide.columns.get_level_values(0).unique()]
    long = pd.concat(parts)
    return long[(long[MEASURES] > 0).any(axis=1)]


def period_start(day: pd.Series, grain: str) -> pd.Series:
    if grain == "day":
        return day
    if grain == "week":
        return day - pd.to_timedelta(day.dt.day_of_week, unit="D")
    return day.dt.to_period(GRAINS[grain]).dt.to_timestamp()


def period_end(start: pd.Series, grain: str) -> pd.Series:
    return start.dt.to_period(GRAINS[grain]).dt.end_time.dt.normalize()


def rolled(counts: pd.DataFrame, grains: Sequence[str]) -> Iterator[pd.DataFrame]:
    """Counts added up to each grain, at each place and every total above it."""
    split = ["stratum"] if "stratum" in counts else []
    for grain in grains:
        periods = counts.assign(period=period_start(counts["period"], grain))
        for place in PLACES:
            keys = ["metric", "period", *place, *split]
            yield periods.groupby(keys, observed=True)[MEASURES].sum().reset_index().assign(grain=grain)


def quantiles(wait: pd.Series, groups: Sequence[pd.Series], statistics: Sequence[str]) -> pd.DataFrame:
    """The groups' quantiles, interpolated linearly, with the order statistics that bound them."""
    grouped = wait.groupby(list(groups), observed=True)
    group = grouped.ngroup().to_numpy()
    ordered = wait.to_numpy(np.int64)[np.lexsort((wait.to_numpy(), group))]
    size = grouped.size().rename("n").reset_index()
    n = size["n"].to_numpy()
    first = np.cumsum(n) - n

    def at(rank: np.ndarray) -> np.ndarray:
        """The wait at a rank (from 1) of each group, null outside it."""
        inside = (rank >= 1) & (rank <= n)
        place = np.clip(first + rank.astype(np.int64) - 1, 0, max(len(ordered) - 1, 0))
        return np.where(inside, ordered[place] if len(ordered) else np.nan, np.nan)

    parts = []
    for statistic in statistics:
        q = QUANTILES[statistic]
        place, off = (n - 1) * q, Z * np.sqrt(n * q * (1 - q))
        below, above = at(np.floor(place) + 1), at(np.ceil(place) + 1)
        value = below + (above - below) * (place - np.floor(place))
        lower, upper = at(np.floor(n * q - off)), at(np.ceil(n * q + off) + 1)
        parts.append(size.drop(columns="n").assign(statistic=statistic, value=value, lower=lower, upper=upper))
    return pd.concat(parts)


def wait_bins(done: pd.DataFrame, metric: str) -> pd.DataFrame:
    """Minutes up to a day, hours up to 25 days, days beyond; a bin is named by its upper edge in minutes."""
    seconds = done["wait"].astype("int64") * (86_400 if metric in DAY_CLOCK else 1)
    edges = [(seconds + 59) // 60, (seconds + 3599) // 3600 * 60]
    bins = np.select([seconds <= 86_400, seconds <= 25 * 86_400], edges, (seconds + 86_399) // 86_400 * 1440)
    keys = [done["site_id"], done["service_id"], done["day"], pd.Series(bins, index=done.index, name="bin", dtype="int32")]
    return done.groupby(keys, observed=True).size().rename("n").reset_index().assign(metric=metric)


def observations(counts: pd.DataFrame, found: pd.DataFrame, as_of: pd.Timestamp) -> pd.DataFrame:
    """Every metric's every statistic, with its interval."""
    reported = [(metric, name, unit, hours) for metric, (names, unit, _, hours) in DURATIONS.items() for name in names]
    reported += [(metric, "share", 1, hours) for metric, hours in RATES.items()]
    catalogue = pd.DataFrame(reported, columns=["metric", "statistic", "unit", "matures"])
    keys = ["metric", "statistic", "grain", "period", "site_id", "service_id"]
    plain = dict.fromkeys(("metric", "statistic", "grain", "site_id", "service_id"), "string")
    asked = counts.merge(catalogue, on="metric").astype(plain | {"stratum": "string"})
    stored = asked[asked["stratum"].isna() | asked["statistic"].isin(["share", "within"])]
    rows = stored.merge(found.astype(plain), on=keys, how="left")
    ratio = rows["statistic"].isin(["share", "within"])
    n = rows["denominator"].where(ratio, rows["completed"])
    rows, ratio, n = (part[(n > 0) | (rows["still_open"] > 0)] for part in (rows, ratio, n))
    top, bottom = rows["numerator"].where(ratio).astype("float64"), rows["denominator"].where(ratio).astype("float64")
    share, known = top / bottom, bottom > 0
    half = Z * np.sqrt(share * (1 - share) / bottom + Z * Z / (4 * bottom * bottom))
    middle, whole = share + Z * Z / (2 * bottom), 1 + Z * Z / bottom
    ends = pd.concat([period_end(part["period"], grain) for grain, part in rows.groupby("grain")])
    return pd.DataFrame({
        "metric": rows["metric"], "statistic": rows["statistic"], "grain": rows["grain"], "period_start": rows["period"],
        "period_end": ends, "site_id": rows["site_id"], "service_id": rows["service_id"], "stratum": rows["stratum"],
        "numerator": top, "denominator": bottom, "value": share.where(ratio, rows["value"] / rows["unit"]), "n": n,
        "lower": ((middle - half) / whole).clip(0, 1).where(known).where(ratio, rows["lower"] / rows["unit"]),
        "upper": ((middle + half) / whole).clip(0, 1).where(known).where(ratio, rows["upper"] / rows["unit"]),
        "still_open": rows["still_open"],
        "mature": ends + pd.Timedelta(days=1) + pd.to_timedelta(rows["matures"], unit="h") <= as_of, "as_of": as_of,
    })  # fmt: skip
