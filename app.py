"""The front door: `streamlit run app.py`. The home is $TIMELY_HOME, or ./data."""

from metrics.dashboard import front

front.open_door()
