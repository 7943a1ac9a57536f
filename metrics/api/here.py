"""Which home is served."""

import os
from pathlib import Path

from metrics import home as homes
from metrics.home import Home


def home_path() -> Path:
    """$TIMELY_HOME, or ./data, as the dashboard takes it."""
    return Path(os.environ.get("TIMELY_HOME") or "data")


def home_here() -> Home:
    return homes.current_home(home_path())
