"""Numbers as people read them: few decimals, a comma over 999, a unit that is always there."""

from datetime import date, timedelta

from metrics.definitions.metric import QUANTILES, SHARES

ABSENT = "–"
SECONDS = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86_400, "weeks": 604_800}
CLOCK_UNITS = ("seconds", "minutes", "hours")  # told as hours and minutes; days and weeks keep their own unit

STATISTIC_WORDS = {
    "share": "Share",
    "count": "Count",
    "median": "Median",
    "p90": "90th percentile",
    "p95": "95th percentile",
    "within": "Share within the limit",
    "mean": "Mean score",
    "mean_wait": "Mean",
    "ratio": "Rate",
    "km_median": "Estimated median",
    "km_p90": "Estimated 90th percentile",
    "km_within": "Estimated share within the limit",
}

LIMIT_WORDS = {"within": "Within", "km_within": "Estimated within"}  # before the limit


def figure(value: float | None, statistic: str, unit: str, least: float | None = None) -> str:
    """A statistic's value in words: '8.4%', '23 min', '4 h 5 min', '12.5 days', '1,204'.

    least: of a quantile without a value the edge of the open bin that it lies in: 'over 104 weeks'.
    """
    if value is None:
        return ABSENT if least is None or statistic not in QUANTILES else f"over {figure(least, statistic, unit)}"
    if statistic in SHARES:
        return percent(value)
    if statistic == "count":
        return whole(value)
    if statistic == "ratio":
        return f"{value:.2f} {unit}" if abs(value) < 1 else f"{trimmed(value)} {unit}"
    return wait(value, unit)


def known(value: float | None, least: float | None, target: float | None, statistic: str) -> float | None:
    """The value to judge by: of a quantile in an open bin the bin's edge, where that alone is over the target, else nothing."""
    over = value is None and least is not None and statistic in QUANTILES and (target is None or least > target)
    return least if over else value


def statistic_label(statistic: str, limit: str = "") -> str:
    """A statistic's name; a share within a limit is named by the limit: 'Within 60 minutes'."""
    if limit and statistic in LIMIT_WORDS:
        return f"{LIMIT_WORDS[statistic]} {limit}"
    return STATISTIC_WORDS[statistic]


def percent(share: float) -> str:
    """A fraction of 1 as a percentage: whole, but one decimal under 10% and where rounding would say 100%."""
    points = share * 100
    fine = points < 9.95 or points >= 99.5
    return f"{points:.1f}".removesuffix(".0") + "%" if fine else f"{points:.0f}%"


def whole(count: float | None) -> str:
    """A count with commas; a weighted count is rounded."""
    return ABSENT if count is None else f"{count:,.0f}"


def wait(value: float, unit: str) -> str:
    """A length of time given in `unit`, in its one or two largest units: '48 s', '2 min 10 s', '4 h 5 min', '3.5 days'."""
    if unit not in CLOCK_UNITS:
        return f"{trimmed(value)} {unit[:-1] if trimmed(value) == '1' else unit}"
    seconds = round(value * SECONDS[unit])
    if seconds < 60:
        return f"{seconds} s"
    if seconds < 600 and unit == "seconds":
        return pair(seconds, 60, "min", 1, "s")
    minutes = round(seconds / 60)
    if minutes < 60:
        return f"{minutes} min"
    return pair(minutes, 60, "h", 1, "min") if minutes < 6000 else f"{whole(minutes / 60)} h"


def pair(amount: int, big: int, big_word: str, small: int, small_word: str) -> str:
    """130 in sixties as '2 min 10 s'; the small part is left out when it is 0."""
    head, tail = divmod(amount, big)
    return f"{head} {big_word} {tail // small} {small_word}" if tail else f"{head} {big_word}"


def trimmed(value: float) -> str:
    """One decimal under 10 where it says something, else a whole number."""
    return f"{value:.1f}".removesuffix(".0") if abs(value) < 10 else whole(value)


def gap(value: float | None, statistic: str, unit: str) -> str:
    """How far one figure is from another, with its sign: '+3.2 points' of a share, '-12 min', '+1.5 days'."""
    if value is None:
        return ABSENT
    sign = "-" if value < 0 else "+"
    if statistic in SHARES:
        return f"{sign}{abs(value) * 100:.1f} points"
    return sign + figure(abs(value), statistic, unit)


def interval(lower: float | None, upper: float | None, statistic: str, unit: str) -> str:
    """'8.1% to 8.8%', or nothing when the counts are too few for an interval."""
    if lower is None or upper is None:
        return ""
    return f"{figure(lower, statistic, unit)} to {figure(upper, statistic, unit)}"


def day(when: date | None) -> str:
    """'9 June 2025'."""
    return ABSENT if when is None else f"{when.day} {when:%B %Y}"


def period(start: date | None, grain: str) -> str:
    """A period by its first day: 'week of 9 June 2025', 'June 2025', 'April to June 2025', '2025'."""
    if start is None:
        return ABSENT
    if grain == "quarter":
        last = date(start.year, start.month + 2, 1)
        return f"{start:%B} to {last:%B %Y}"
    words = {"day": day(start), "week": f"week of {day(start)}", "month": f"{start:%B %Y}", "year": f"{start.year}"}
    return words[grain]


def age(length: timedelta) -> str:
    """How long ago, in the one unit a person would use: 'under a minute', '5 minutes', '3 hours', '12 days'."""
    seconds = max(0, int(length.total_seconds()))
    for size, word in ((86_400 * 2, "day"), (3600 * 2, "hour"), (60, "minute")):
        if seconds >= size:
            count = seconds // (86_400 if word == "day" else 3600 if word == "hour" else 60)
            return f"{count:,} {word}{'' if count == 1 else 's'}"
    return "under a minute"


def sentence(words: str) -> str:
    """The words with a capital at the start and the rest as it is."""
    return words[:1].upper() + words[1:]
