"""Public holidays by country and its parts, substitutes included, from the `holidays` library."""

from collections.abc import Collection
from datetime import date

import holidays

HOLIDAYS_OF_THE_SITE = "site"
NO_HOLIDAYS = "none"
LIBRARY_VERSION: str = holidays.__version__  # another version may know other holidays: part of a calendar's fingerprint


def checked_country(code: str) -> str:
    """The code itself when holidays are known for it, or 'none'. Raises ValueError naming the code and the form expected."""
    if code == NO_HOLIDAYS:
        return code
    try:
        holidays_between(code, date(2026, 1, 1), date(2026, 1, 1))
    except NotImplementedError:
        expected = "write an ISO 3166 code such as 'IE', 'US' or 'GB-ENG', or 'none'"
        raise ValueError(f"no holidays are known for {code!r}; {expected}") from None
    return code


def holidays_between(code: str, first: date, last: date, without: Collection[str] = ()) -> frozenset[date]:
    """Dates of public holidays of 'IE' or 'GB-ENG' from first to last, save those whose name is in `without`.

    Substitute days count ('Boxing Day (observed)'); leaving out a holiday by name leaves out its substitute. The
    library reckons roughly 1950 to 2100: outside it no day is a holiday. Raises NotImplementedError for an unknown code.
    """
    country, _, part = code.partition("-")
    # A substitute can fall into the year before or after its holiday, so a year more is asked for on either side.
    known = holidays.country_holidays(country, subdiv=part or None, years=range(first.year - 1, last.year + 2))
    unwanted = {name.casefold() for name in without}
    return frozenset(
        day for day in known if first <= day <= last and not all(own_name(name) in unwanted for name in known.get_list(day))
    )


def own_name(name: str) -> str:
    """'Boxing Day (observed)' is Boxing Day."""
    return name.partition(" (")[0].casefold()
