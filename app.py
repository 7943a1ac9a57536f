"""The front door: `streamlit run app.py`. The home is $TIMELY_HOME, or ./data. Pages and, under /api, their rows."""

from pathlib import Path

import streamlit as st

from metrics.api import routes
from metrics.dashboard.loading import with_pages_loaded

app = st.App(Path(__file__).parent / "metrics" / "dashboard" / "door.py", routes=routes(), lifespan=with_pages_loaded)
