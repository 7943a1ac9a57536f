"""Home: the folder of one provider; its settings, places, calendars, targets and key."""

from metrics.home.feeds import Feed
from metrics.home.home import Home, create_home, open_home
from metrics.home.keeping import current_home
from metrics.home.settings import Setting, Settings, settings_table

__all__ = ["Feed", "Home", "Setting", "Settings", "create_home", "current_home", "open_home", "settings_table"]
