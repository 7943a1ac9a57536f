"""Opening a home: what it holds when all is well, and every mistake at once when it is not."""

from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from metrics.errors import UserError
from metrics.home import Settings, create_home, open_home


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return create_home(tmp_path / "home").path


def problems(home: Path, **files: str | bytes) -> list[str]:
    """What open_home says after these files (sites_csv for sites.csv) were written over."""
    for name, text in files.items():
        path = home / ".".join(name.rsplit("_", 1))
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(UserError) as refused:
        open_home(home)
    return list(refused.value.problems)


SITES = "site_id,name,time_zone,region,country,calendar\n"
CENTRAL = "CEN,Central,Europe/London,North,GB-ENG,clinic\n"
TARGET = '[[target]]\nmetric = "no_show_rate"\nstatistic = "share"\nvalue = "8%"\nvalid_from = 2026-01-01\nsource = "local"\n'


def test_where_there_is_no_home_it_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(UserError) as refused:
        open_home(tmp_path / "none")
    assert (
        str(refused.value)
        == f"{tmp_path}/none: no home here (timely.toml is missing). Make one with: timely --home {tmp_path}/none init"
    )


def test_an_empty_settings_file_means_the_defaults(home: Path) -> None:
    (home / "timely.toml").write_text("")
    assert open_home(home).settings == Settings()


def test_settings_sites_and_targets_are_read(home: Path) -> None:
    (home / "timely.toml").write_text('title = "Saint Elsewhere"\nstale_after = "2 days"\ncountry = "IE"\n[query]\nrows = 5\n')
    (home / "sites.csv").write_bytes("\ufeffsite_id,name,time_zone,region\nA, Säule ,Europe/Berlin,\n\nB,Bee,UTC,North\n".encode())
    (home / "targets.toml").write_text(TARGET.replace('"8%"', "0.08").replace("[[target]]", '[[target]]\nregion = "North"'))
    opened = open_home(home)
    assert (opened.settings.title, opened.settings.stale_after, opened.settings.query.rows) == (
        "Saint Elsewhere",
        timedelta(days=2),
        5,
    )
    assert opened.sites.rows() == [
        ("A", "Säule", "Europe/Berlin", None, "IE", "clinic"),
        ("B", "Bee", "UTC", "North", "IE", "clinic"),
    ]
    assert opened.targets.rows() == [
        ("no_show_rate", "share", "target", "North", None, None, 1, 0.08, date(2026, 1, 1), None, "local", True, None)
    ]
    assert set(opened.sites.dtypes) == {pl.String()}
    assert (opened.lake, opened.warehouse, opened.raw) == (home / "lake", home / "warehouse", home / "raw")


def test_no_targets_are_no_mistake(home: Path) -> None:
    (home / "targets.toml").write_text("# none yet\n")
    targets = open_home(home).targets
    assert targets.is_empty() and targets.schema["value"] == pl.Float64()


def test_every_mistake_of_every_file_is_told_at_once(home: Path) -> None:
    told = problems(
        home,
        timely_toml='titel = "x"\nunknown_site = "maybe"\n[query]\nrows = "many"\n',
        sites_csv=SITES + "CEN,Central,Europe/Lundon,North,GB-ENG,clinic\nCEN,short\n",
        calendars_toml='[clinic]\n[[clinic.weeks]]\nmondy = []\ntuesday = ["9-17"]\n',
        targets_toml=TARGET.replace("share", "middle"),
    )
    assert told == [
        "timely.toml: unknown_site = 'maybe'; expected 'reject' or 'warn'.",
        "timely.toml: query.rows = 'many'; expected a whole number from 1 to 10000000.",
        "timely.toml: titel is not a key it knows. Did you mean title?",
        "sites.csv: line 2.time_zone: 'Europe/Lundon' is not a time zone; write an IANA name such as 'Europe/London'.",
        "sites.csv: line 3 has 2 values; expected 6 (site_id, name, time_zone, region, country, calendar).",
        "calendars.toml: clinic.weeks[1].tuesday: '9-17' is not an opening interval; write it as in '09:00-17:30'.",
        "calendars.toml: clinic.weeks[1].mondy is not a key it knows. Did you mean monday?",
        "targets.toml: target[1].statistic = 'middle'; expected 'share', 'count', 'median', 'p90', 'p95', 'within', 'mean', "
        "'mean_wait', 'ratio', 'km_median', 'km_p90' or 'km_within'.",
    ]


@pytest.mark.parametrize(("line", "told"), [
    ('default_time_zone = "Mars"', "timely.toml: default_time_zone: 'Mars' is not a time zone; write an IANA name such as"),
    ('default_time_zone = "../etc"', "timely.toml: default_time_zone: '../etc' is not a time zone"),
    ('default_time_zone = "Europe"', "timely.toml: default_time_zone: 'Europe' is not a time zone"),
    ("default_time_zone = 3", "timely.toml: default_time_zone = 3; expected an IANA time zone such as 'Europe/London'."),
    ('country = "XX"', "timely.toml: country: no holidays are known for 'XX'"),
    ('stale_after = "soon"', "timely.toml: stale_after: 'soon' is not a length of time; write a whole number and a unit"),
    ('stale_after = "0 hours"', "timely.toml: stale_after = '0 hours': it must be longer than nothing."),
    ("stale_after = 36", "timely.toml: stale_after: 36 is not a length of time"),
    ("query = 3", "timely.toml: query = 3; expected a [query] table."),
    ("title = 3", "timely.toml: title = 3; expected a text."),
    ('title = ""', "timely.toml: title = ''; expected a text."),
    ("[refresh]\nkeep_generations = 0", "timely.toml: refresh.keep_generations = 0; expected a whole number, 1 or more."),
    ("[refresh]\nkeep_generations = true", "timely.toml: refresh.keep_generations = True; expected a whole number, 1 or more."),
    ("[query]\nsecond = 3", "timely.toml: query.second is not a key it knows. Did you mean seconds?"),
    ("title = ", "timely.toml: not TOML: Invalid value (at "),
    ('calendar = "clinique"', "timely.toml: calendar = 'clinique' is not in calendars.toml. Did you mean clinic?"),
])  # fmt: skip
def test_a_wrong_setting_names_file_key_value_and_what_was_expected(home: Path, line: str, told: str) -> None:
    [problem] = problems(home, timely_toml=line)
    assert problem.startswith(told)


@pytest.mark.parametrize(("text", "told"), [
    (b"", ["sites.csv: the column site_id is missing. The code the events use."]),
    (SITES, ["sites.csv: no site is listed. Add a row for each place."]),
    (SITES.replace("calendar", "calendr"), ["sites.csv: 'calendr' is not a column it knows. Did you mean calendar?"]),
    (SITES.replace("country", "name"), ["sites.csv: the column 'name' stands twice in the first line."]),
    (SITES + CENTRAL + CENTRAL, ["sites.csv: site_id 'CEN' is listed 2 times; keep one row."]),
    (SITES + ",Central,UTC,,,\n", ["sites.csv: line 2.site_id = ''; expected a text that is not empty."]),
    (SITES + "A\x1f,Central,UTC,,,\n", ["sites.csv: line 2.site_id: 'A\\x1f' holds a character that cannot be printed."]),
    (SITES + "A,Central,UTC,,GB-YORKS,\n", ["sites.csv: line 2.country: no holidays are known for 'GB-YORKS'"]),
    (SITES + "A,Central,UTC,,,shop\n", ["sites.csv: calendar of A = 'shop' is not in calendars.toml. Known: clinic, contact"]),
    (SITES.encode() + b"A,Caf\xe9,UTC,,,\n", ["sites.csv: line 2 is not UTF-8 text. Save the file as UTF-8."]),
])  # fmt: skip
def test_a_wrong_site_names_its_line(home: Path, text: str | bytes, told: list[str]) -> None:
    (home / "targets.toml").write_text("")
    found = problems(home, sites_csv=text)
    assert [problem[: len(start)] for problem, start in zip(found, told, strict=False)] == told


@pytest.mark.parametrize(("text", "told"), [
    ("", "calendars.toml: no calendar is written. Add one, as in [clinic] and [[clinic.weeks]]."),
    ("[clinic]\n", "calendars.toml: clinic.weeks is missing. Opening hours by weekday, one block for each period they hold."),
    ("clinic = 3\n", "calendars.toml: clinic = 3; expected a table."),
    ('[clinic]\nholidays = "QQ"\n[[clinic.weeks]]\n', "calendars.toml: clinic: no holidays are known for 'QQ'"),
    ('[clinic]\n[[clinic.weeks]]\nvalid_from = "2026"\n',
     "calendars.toml: clinic.weeks[1].valid_from = '2026'; expected a date such as 2026-04-01, without quotes."),
    ('[clinic]\n[[clinic.weeks]]\nworking = ["mon"]\n',
     "calendars.toml: clinic.weeks[1].working[1] = 'mon'; expected 'monday'"),
    ('[clinic]\nopen_on_holidays = "yes"\n[[clinic.weeks]]\n',
     "calendars.toml: clinic.open_on_holidays = 'yes'; expected true or false."),
])  # fmt: skip
def test_a_wrong_calendar_names_its_place(home: Path, text: str, told: str) -> None:
    [problem] = problems(home, calendars_toml=text)
    assert problem.startswith(told)


@pytest.mark.parametrize(("text", "told"), [
    (TARGET.replace('"8%"', "8"), "targets.toml: target[1]: value = 8 is more than the whole; write '8%' or 0.08."),
    (TARGET.replace('"8%"', '"few"'), "targets.toml: target[1].value = 'few'; expected a number of 0 or more, or a perc"),
    (TARGET.replace('"8%"', "-1"), "targets.toml: target[1].value = -1.0; expected a number of 0 or more"),
    (TARGET.replace('"8%"', "nan"), "targets.toml: target[1].value = nan; expected a number of 0 or more"),
    (TARGET.replace('source = "local"', ""), "targets.toml: target[1].source is missing. Who set it, and where that is written."),
    (TARGET + "valid_to = 2025-01-01\n", "targets.toml: target[1]: valid_to 2025-01-01 is before valid_from 2026-01-01."),
    (TARGET + 'site_id = "CENN"\n', "targets.toml: target[1].site_id = 'CENN' is not in sites.csv. Did you mean CEN?"),
    (TARGET + 'region = "Norht"\n', "targets.toml: target[1].region = 'Norht' is not in sites.csv. Did you mean North?"),
    (TARGET + 'region = "North"\nsite_id = "CEN"\n', "targets.toml: target[1]: region 'North' and site_id 'CEN' are both given"),
    (TARGET + TARGET.replace("2026-01-01", "2026-02-01"),
     "targets.toml: no_show_rate share has two targets in force on 2026-02-01 in the same place; end the earlier one with"),
    (TARGET.replace("target", "targets"), "targets.toml: targets is not a key it knows. Did you mean target?"),
])  # fmt: skip
def test_a_wrong_target_names_its_block(home: Path, text: str, told: str) -> None:
    [problem] = problems(home, targets_toml=text)
    assert problem.startswith(told)


def test_targets_that_follow_each_other_or_differ_in_place_stand_together(home: Path) -> None:
    then = TARGET.replace("2026-01-01", "2026-02-01")
    (home / "targets.toml").write_text(TARGET + "valid_to = 2026-01-31\n" + then + TARGET + 'site_id = "CEN"\n')
    assert len(open_home(home).targets) == 3


def test_a_missing_file_says_how_to_get_it_back(home: Path) -> None:
    (home / "sites.csv").unlink()
    (home / "calendars.toml").unlink()
    with pytest.raises(UserError) as refused:
        open_home(home)
    assert list(refused.value.problems) == [
        f"{home}/sites.csv is missing. Write it back with: timely init",
        f"{home}/calendars.toml is missing. Write it back with: timely init",
    ]


def test_the_zones_fingerprint_follows_zones_alone(home: Path) -> None:
    before = open_home(home)
    sites = (home / "sites.csv").read_text()
    (home / "sites.csv").write_text(sites.replace("Central Hospital", "Central"))
    assert open_home(home).zones_fingerprint == before.zones_fingerprint
    (home / "sites.csv").write_text(sites.replace("America/New_York", "America/Chicago"))
    assert open_home(home).zones_fingerprint != before.zones_fingerprint
    assert open_home(home).calendars_fingerprint != before.calendars_fingerprint


@pytest.mark.parametrize(("file", "old", "new"), [
    ("calendars.toml", '"09:00-13:00"', '"09:00-12:00"'),
    ("sites.csv", "West,IE", "West,GB-NIR"), ("calendars.toml", "Columbus Day", "Juneteenth"),
])  # fmt: skip
def test_the_calendars_fingerprint_follows_hours_holidays_and_who_keeps_them(home: Path, file: str, old: str, new: str) -> None:
    before = open_home(home)
    text = (home / file).read_text()
    assert old in text
    (home / file).write_text(text.replace(old, new))
    assert open_home(home).calendars_fingerprint != before.calendars_fingerprint
    assert open_home(home).zones_fingerprint == before.zones_fingerprint
