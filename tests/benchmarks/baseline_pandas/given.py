"""What the pandas baseline reads, and the look-ups it needs of places and their calendars."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class Given:
    """What the baseline reads: Parquet files by event table, the places with their calendars, and the as-of instant."""

    files: Mapping[str, Sequence[str]]
    sites: pd.DataFrame
    opening_hours: pd.DataFrame
    working_days: pd.DataFrame
    as_of: pd.Timestamp
    patients: pd.DataFrame = field(init=False)

    def __post_init__(self) -> None:
        known = pd.read_parquet(list(self.files["patients"]), partitioning=None)
        known["interpreter"] = known["interpreter"].map({True: "true", False: "false"})
        object.__setattr__(self, "patients", known)

    def events(self, table: str) -> pd.DataFrame:
        frame = pd.read_parquet(list(self.files[table]), partitioning=None)
        frame["service_id"] = frame["service_id"].fillna("unassigned").astype("category")
        frame["site_id"] = frame["site_id"].astype("category")
        return frame

    def local_day(self, frame: pd.DataFrame, instant: pd.Series) -> pd.Series:
        """The local date, at midnight, of each row's instant at its site."""
        zones = frame["site_id"].map(self.sites.set_index("site_id")["time_zone"])
        days = pd.Series(pd.NaT, index=frame.index, dtype="datetime64[us]")
        for zone in zones.unique():
            there = zones == zone
            local = instant[there].dt.tz_localize("UTC").dt.tz_convert(zone).dt.tz_localize(None)
            days[there] = local.dt.normalize()
        return days

    def open_time(self, site: pd.Series, instant: pd.Series) -> pd.Series:
        """Time for which the site was open before each instant."""
        rows = pd.DataFrame({"site_id": site.astype("string"), "instant": instant}).reset_index().sort_values("instant")
        hours = self.opening_hours.astype({"site_id": "string"}).sort_values("opens_at")
        found = pd.merge_asof(rows, hours, left_on="instant", right_on="opens_at", by="site_id").set_index("index")
        inside = found[["instant", "closes_at"]].min(axis=1) - found["opens_at"]
        return (pd.to_timedelta(found["seconds_before"], unit="s") + inside).fillna(pd.Timedelta(0)).reindex(instant.index)

    def working_days_to(self, site: pd.Series, day: pd.Series) -> np.ndarray:
        """Working days of the site up to and with each day."""
        known = self.working_days.assign(day=lambda f: pd.to_datetime(f["day"]), days=lambda f: f["days_before"] + f["working"])
        wanted = pd.DataFrame({"site_id": site.astype("string"), "day": day.astype("datetime64[us]")})
        known = known[["site_id", "day", "days"]].astype({"site_id": "string", "day": "datetime64[us]"})
        return wanted.merge(known, on=["site_id", "day"], how="left")["days"].to_numpy()
