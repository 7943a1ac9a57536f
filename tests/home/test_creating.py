"""Making a home: the files, the key, and that nothing is ever written over."""

import os
import re
import stat
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from metrics.definitions.load import BUILT_IN, load_catalog
from metrics.errors import UserError
from metrics.home import Settings, create_home, open_home, settings_table
from metrics.home.templates import template_files

INIT = """
import sys
from pathlib import Path
from metrics.home import create_home
print(create_home(Path(sys.argv[1])).key().hex())
"""
DATA = Path(__file__).parents[2] / "data"


def test_a_new_home_opens_with_the_defaults_and_the_example_provider(tmp_path: Path) -> None:
    home = create_home(tmp_path / "deep" / "home")
    assert home.settings == Settings()
    assert home.sites["site_id"].to_list() == ["CEN", "NRT", "SOU", "EAS", "ASH", "BRK", "CED", "DAL", "ELM", "FER", "HQC", "HAR"]
    assert sorted(home.calendars) == ["clinic", "contact_centre", "hospital"]
    assert len(home.targets) > 10 and home.targets["source"].str.len_chars().min() > 10


def test_the_repository_s_own_home_is_what_init_writes() -> None:
    for name, text in template_files().items():
        assert (DATA / name).read_text(encoding="utf-8") == text, name


def test_the_settings_file_is_the_defaults_with_their_help_lines() -> None:
    text = template_files()["timely.toml"]
    assert Settings.model_validate(tomllib.loads(text)) == Settings()
    written = tomllib.loads(text)
    for name, _, help_line, expected in settings_table():
        table, _, key = name.rpartition(".")
        assert key in (written[table] if table else written)
        assert f"# {help_line}\n{key} = " in text
        assert help_line.endswith(".") and expected


def test_every_setting_is_in_the_table_once_with_a_default_that_reads_back() -> None:
    names = [setting.name for setting in settings_table()]
    assert len(set(names)) == len(names)
    assert {"title", "stale_after", "refresh.keep_generations", "query.rows"} <= set(names)
    assert all("value" in tomllib.loads(f"value = {setting.default}") for setting in settings_table())


def test_the_headers_of_calendars_and_targets_explain_every_key() -> None:
    files = template_files()
    for key in ("holidays", "not_observed", "valid_from", "monday", "working", "opens", "why"):
        assert re.search(rf"^#   {key}: \w|^#   {key}: '", files["calendars.toml"], re.MULTILINE), key
    for key in ("metric", "statistic", "value", "region", "site_id", "service_id", "valid_from", "valid_to", "source"):
        assert re.search(rf"^#   {key}: \w", files["targets.toml"], re.MULTILINE), key


def test_targets_are_for_metrics_and_statistics_that_there_are(tmp_path: Path) -> None:
    catalogue = load_catalog(BUILT_IN)
    for metric, statistic in create_home(tmp_path).targets.select("metric", "statistic").rows():
        assert metric in catalogue and statistic in catalogue[metric].statistics, (metric, statistic)


def test_what_is_there_stays_as_it_is(tmp_path: Path) -> None:
    home = create_home(tmp_path)
    key = home.key()
    (tmp_path / "timely.toml").write_text('title = "Mine"\n')
    (tmp_path / "targets.toml").unlink()
    again = create_home(tmp_path)
    assert (again.settings.title, again.key()) == ("Mine", key)
    assert (tmp_path / "targets.toml").read_text() == template_files()["targets.toml"]
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        ".gitignore", "alerts.toml", "calendars.toml", "feeds.toml",
        "key", "sites.csv", "snapshot.toml", "targets.toml", "timely.toml",
    ]  # fmt: skip


def test_git_shares_what_people_write_and_nothing_else(tmp_path: Path) -> None:
    create_home(tmp_path)
    (tmp_path / "lake").mkdir()
    (tmp_path / "lake" / "HEAD.json").touch()
    (tmp_path / "catalog").mkdir()
    (tmp_path / "catalog" / "own.toml").touch()
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    listed = subprocess.run(
        ["git", "ls-files", "--others", "--exclude-standard"], cwd=tmp_path, check=True, capture_output=True, text=True
    )
    assert sorted(listed.stdout.split()) == [
        ".gitignore", "alerts.toml", "calendars.toml", "catalog/own.toml", "feeds.toml",
        "sites.csv", "snapshot.toml", "targets.toml",
        "timely.toml",
    ]  # fmt: skip


def test_the_key_is_32_bytes_that_only_the_owner_may_read(tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        home = create_home(tmp_path / "one")
    finally:
        os.umask(old)
    assert stat.S_IMODE((home.path / "key").stat().st_mode) == 0o600
    assert len(home.key()) == 32
    assert create_home(tmp_path / "two").key() != home.key()


def test_a_key_open_to_others_is_refused(tmp_path: Path) -> None:
    home = create_home(tmp_path)
    (tmp_path / "key").chmod(0o644)
    with pytest.raises(UserError, match=r"has mode 0644, so others may read it; expected 0600\. Close it with: chmod 600"):
        home.key()


@pytest.mark.parametrize("text", ["", "abc", "zz" * 32, "ab" * 31])
def test_a_damaged_key_is_refused_and_not_shown(tmp_path: Path, text: str) -> None:
    home = create_home(tmp_path)
    (tmp_path / "key").write_text(text)
    with pytest.raises(UserError, match="is damaged: expected 64 hexadecimal digits") as refused:
        home.key()
    assert not text or text not in str(refused.value)


def test_a_missing_key_says_how_to_make_one(tmp_path: Path) -> None:
    home = create_home(tmp_path)
    (tmp_path / "key").unlink()
    with pytest.raises(UserError, match=r"key is missing\. Make it with: timely init"):
        home.key()
    assert len(create_home(tmp_path).key()) == 32


def test_a_lost_key_is_not_replaced_once_the_lake_was_filled_with_it(tmp_path: Path) -> None:
    create_home(tmp_path)
    (tmp_path / "key").unlink()
    (tmp_path / "lake").mkdir()
    (tmp_path / "lake" / "HEAD.json").touch()
    with pytest.raises(UserError, match="Put the key back from your backup"):
        create_home(tmp_path)
    assert not (tmp_path / "key").exists()


def test_two_inits_at_once_make_one_key(tmp_path: Path) -> None:
    running = [
        subprocess.Popen([sys.executable, "-c", INIT, tmp_path], stdout=subprocess.PIPE, text=True, cwd=DATA.parent)
        for _ in range(3)
    ]
    keys = {process.communicate()[0] for process in running}
    assert keys == {open_home(tmp_path).key().hex() + "\n"}


def test_a_place_where_no_home_can_be_is_said_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UserError, match=r"a home cannot be made here: .+\. Name another folder with --home\."):
        create_home(tmp_path / "file" / "home")
