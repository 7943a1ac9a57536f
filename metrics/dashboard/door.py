"""What Streamlit runs for each visit: the page that the URL names."""

from metrics.dashboard import front

front.open_door()
