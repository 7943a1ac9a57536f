"""Public holidays by country and its parts, substitutes included, from the `holidays` library.

The library is loaded when the first holiday is asked for: it takes a quarter of a second, and whoever only reads a home's settings
need not wait for it.
"""

from collections.abc import Collection
from datetime import date
from functools import cache
from importlib.metadata import version
from pathlib import Path
from textwrap import fill

HOLIDAYS_OF_THE_SITE = "site"
NO_HOLIDAYS = "none"
LIBRARY_VERSION: str = version("holidays")  # another version may know other holidays: part of a calendar's fingerprint
LISTED = Path(__file__).parent / "countries.txt"


def checked_country(code: str) -> str:
    """The code itself when holidays are known for it, or 'none'. Raises ValueError naming the code and the form expected."""
    if code == NO_HOLIDAYS or code in listed_codes():
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
    import holidays  # noqa: PLC0415 (loaded when first asked)

    country, _, part = code.partition("-")
    # A substitute can fall into the year before or after its holiday, so a year more is asked for on either side.
    known = holidays.country_holidays(country, subdiv=part or None, years=range(first.year - 1, last.year + 2))
    unwanted = {name.casefold() for name in without}
    return frozenset(
        day for day in known if first <= day <= last and not all(own_name(name) in unwanted for name in known.get_list(day))
    )


@cache
def listed_codes() -> frozenset[str]:
    """The codes that the library knew when LISTED was written; none where another version is installed, which has to be asked."""
    written_by, *codes = LISTED.read_text(encoding="utf-8").split()
    return frozenset(codes) if written_by == LIBRARY_VERSION else frozenset()


def countries_listing() -> str:
    """The text of LISTED: the library's version, then the code of every country, and of every part of one, that it knows; but for a
    few parts whose names are several words."""
    import holidays  # noqa: PLC0415 (loaded when first asked)

    countries = holidays.list_supported_countries(include_aliases=False)
    codes = [code for name, parts in countries.items() for code in (name, *(f"{name}-{part}" for part in parts)) if " " not in code]
    return f"{LIBRARY_VERSION}\n{fill(' '.join(sorted(codes)), 120, break_on_hyphens=False)}\n"


def own_name(name: str) -> str:
    """'Boxing Day (observed)' is Boxing Day."""
    return name.partition(" (")[0].casefold()
