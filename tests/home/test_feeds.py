"""feeds.toml: what each kind of feed needs, and when each is stale."""

from datetime import timedelta
from pathlib import Path

import pytest

from metrics.errors import UserError
from metrics.home import Feed, Settings, create_home, open_home

GOOD = """
[[feed]]
name = "ed"
kind = "mllp"
port = 2575
site = "CEN"
[[feed]]
name = "portal"
kind = "fhir"
expected = "1 hour"
[[feed]]
name = "slots"
kind = "inbox"
source = "slot_census"
expected = "7 days"
"""


def test_a_new_home_has_none_and_a_home_without_the_file_opens(tmp_path: Path) -> None:
    home = create_home(tmp_path / "home")
    assert home.feeds == ()
    (home.path / "feeds.toml").unlink()
    assert open_home(home.path).feeds == ()


def test_the_example_that_init_writes_is_right_when_it_is_let_in(tmp_path: Path) -> None:
    home = create_home(tmp_path / "home")
    text = (home.path / "feeds.toml").read_text()
    example = text[text.index("# [[feed]]\n# name") :].replace("# ", "")
    (home.path / "feeds.toml").write_text(example)
    assert [feed.kind for feed in open_home(home.path).feeds] == ["mllp", "fhir", "inbox"]


def test_feeds_have_places_and_limits(tmp_path: Path) -> None:
    home = create_home(tmp_path / "home")
    (home.path / "feeds.toml").write_text(GOOD)
    ed, portal, slots = open_home(home.path).feeds
    assert [feed.place for feed in (ed, portal, slots)] == [None, "inbox/fhir", "inbox/slot_census"]
    minute = timedelta(minutes=1)
    assert ed.limits(home.settings) == (15 * minute, 120 * minute), "as the board says"
    assert portal.limits(home.settings) == (90 * minute, 360 * minute)
    assert slots.limits(home.settings) == (timedelta(days=10.5), timedelta(days=42))
    assert Feed(name="x", kind="inbox", source="x").limits(Settings()) is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[[feed]]\nname = "a"\nkind = "mllp"', ["feed[1].port is missing"]),
        ('[[feed]]\nname = "a"\nkind = "inbox"', ["feed[1].source is missing"]),
        ('[[feed]]\nname = "a"\nkind = "mlp"', ["feed[1].kind = 'mlp'", "'inbox', 'mllp' or 'fhir'"]),
        ('[[feed]]\nname = "a b"\nkind = "fhir"', ["feed[1].name: 'a b'"]),
        ('[[feed]]\nname = "a"\nkind = "fhir"\nport = 1\nsite = "CENT"', ["feed[1].port", "Did you mean CEN?"]),
        ('[[feed]]\nname = "a"\nkind = "fhir"\nexpected = "soon"', ["feed[1].expected"]),
        ('[[feed]]\nname = "a"\nkind = "fhir"\ntime_zone = "Mars"', ["time zone"]),
        ('[[feed]]\nname = "a"\nkind = "mllp"\nport = 70000', ["feed[1].port = 70000"]),
        ('[[feed]]\nname = "a"\nkind = "mllp"\nport = 1\ntls_cert = "c"', ["tls_cert and tls_key"]),
        ('[[feed]]\nname = "a"\nkind = "fhir"\nstale_after = "2 hours"\nno_data_after = "1 hour"', ["stale first"]),
        (GOOD + GOOD, ["name 'ed' is there twice", "port 2575", "folder 'inbox/fhir'"]),
        ("feed = 3", ["feed"]), ("[[feeds]]", ["Did you mean feed?"]), ("[[feed", ["not TOML"]),
    ],
)  # fmt: skip
def test_every_mistake_is_told(tmp_path: Path, text: str, words: list[str]) -> None:
    home = create_home(tmp_path / "home")
    (home.path / "feeds.toml").write_text(text)
    with pytest.raises(UserError) as caught:
        open_home(home.path)
    assert all(word in str(caught.value) for word in words), caught.value
