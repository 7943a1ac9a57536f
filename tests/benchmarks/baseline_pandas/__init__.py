"""The second yardstick: what an analyst who knows pandas would write to make Timely's facts and observations without Timely.

Whole columns at a time throughout; no row is looped over and no Python function is called for a group.
"""

from pathlib import Path

import pandas as pd

from tests.benchmarks.baseline_pandas.facts import make_appointments, make_cases, make_contacts, make_the_rest, make_visits
from tests.benchmarks.baseline_pandas.figures import Results
from tests.benchmarks.baseline_pandas.given import Given
from tests.benchmarks.homes import BaselineInputs


def run(inputs: BaselineInputs, out: Path) -> None:
    """Make facts_<table>, observations and wait_bins as Parquet files in `out`."""
    out.mkdir(parents=True, exist_ok=True)
    calendars = {name: frame.to_pandas() for name, frame in inputs.calendars.items()}
    given = Given(inputs.files, **calendars, as_of=pd.Timestamp(inputs.refresh.as_of))
    results = Results(out, given)
    for make in (make_appointments, make_visits, make_contacts, make_cases, make_the_rest):
        make(given, results)
    results.finish()
