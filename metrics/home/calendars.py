"""calendars.toml: opening hours, holidays and special days, by the name of the calendar."""

from pathlib import Path

from pydantic import ValidationError

from metrics.clocks import Calendar, Calendars
from metrics.home.files import toml_of
from metrics.mistakes import problems_of


def read_calendars(path: Path) -> tuple[Calendars, list[str]]:
    """The calendars by name, and what is wrong with the file."""
    read, problems = toml_of(path)
    calendars = {}
    for name, keys in (read or {}).items():
        try:
            calendars[name] = Calendar.model_validate(keys)
        except ValidationError as error:
            problems += problems_of(path.name, Calendar, error, prefix=name)
    if read == {}:
        problems.append(f"{path.name}: no calendar is written. Add one, as in [clinic] and [[clinic.weeks]].")
    return calendars, problems
