"""targets.toml and the packs: whose target counts, which targets make sense, and what is said of those that do not."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from metrics.definitions.load import BUILT_IN, load_catalog
from metrics.definitions.metric import Metric
from metrics.errors import UserError
from metrics.home import Home, create_home, open_home
from metrics.home.known_targets import targets_problems, with_known_targets
from metrics.home.packs import in_order, pack_names, pack_of
from metrics.home.target import SCHEMA, frame_of
from metrics.home.targets import overlap_problems

FOUR_HOURS = '[[target]]\nmetric = "ed_length_of_stay"\nstatistic = "within"\nsource = "Board"\n'


@pytest.fixture(scope="module")
def catalogue() -> dict[str, Metric]:
    return load_catalog(BUILT_IN)


def home_with(path: Path, targets: str) -> Home:
    create_home(path)
    (path / "targets.toml").write_text(targets, encoding="utf-8")
    return open_home(path)


def steps(home: Home, metric: str, role: str = "target") -> list[tuple[float, date, date | None, str | None]]:
    held = home.targets.filter(pl.col("metric") == metric, pl.col("role") == role).sort("valid_from")
    return held.select("value", "valid_from", "valid_to", "pack").rows()


def test_a_pack_brings_its_targets_with_their_name(tmp_path: Path) -> None:
    home = home_with(tmp_path, 'packs = ["cms"]\n')
    assert home.targets["pack"].unique().to_list() == ["cms"]
    assert steps(home, "left_without_being_seen") == [(0.02, date(2020, 1, 1), None, "cms")]


def test_the_homes_own_target_takes_the_days_it_speaks_of_from_the_packs(tmp_path: Path) -> None:
    own = 'packs = ["nhs_england"]\n' + FOUR_HOURS + 'value = "90%"\nvalid_from = 2023-10-01\nvalid_to = 2024-06-30\n'
    assert steps(home_with(tmp_path, own), "ed_length_of_stay")[:5] == [
        (0.95, date(2010, 7, 1), date(2023, 3, 31), "nhs_england"),
        (0.76, date(2023, 4, 1), date(2023, 9, 30), "nhs_england"),
        (0.90, date(2023, 10, 1), date(2024, 6, 30), None),
        (0.78, date(2024, 7, 1), date(2026, 3, 31), "nhs_england"),
        (0.82, date(2026, 4, 1), date(2028, 3, 31), "nhs_england"),
    ]


def test_a_packs_target_may_be_cut_in_two_or_covered_whole(tmp_path: Path) -> None:
    middle = FOUR_HOURS + 'value = "90%"\nvalid_from = 2024-07-01\nvalid_to = 2025-06-30\n'
    whole = FOUR_HOURS + 'value = "91%"\nvalid_from = 2026-04-01\n'
    found = steps(home_with(tmp_path, 'packs = ["nhs_england"]\n' + middle + whole), "ed_length_of_stay")
    assert [step for step in found if step[1] >= date(2024, 4, 1)] == [
        (0.78, date(2024, 4, 1), date(2024, 6, 30), "nhs_england"),
        (0.90, date(2024, 7, 1), date(2025, 6, 30), None),
        (0.78, date(2025, 7, 1), date(2026, 3, 31), "nhs_england"),
        (0.91, date(2026, 4, 1), None, None),
    ]


def test_an_own_target_of_another_place_or_role_leaves_the_packs_alone(tmp_path: Path) -> None:
    at_a_site = FOUR_HOURS + 'site_id = "CEN"\nvalue = "90%"\nvalid_from = 2020-01-01\n'
    trajectory = FOUR_HOURS + 'role = "trajectory"\nvalue = "80%"\nvalid_from = 2020-01-01\n'
    home = home_with(tmp_path, 'packs = ["nhs_england"]\n' + at_a_site + trajectory)
    assert [step[3] for step in steps(home, "ed_length_of_stay")].count("nhs_england") == 5
    assert steps(home, "ed_length_of_stay", "trajectory") == [(0.8, date(2020, 1, 1), None, None)]


def test_the_pack_named_first_counts(tmp_path: Path) -> None:
    one = home_with(tmp_path / "one", 'packs = ["contact_centre", "cms"]\n')
    assert [step[3] for step in steps(one, "service_level")] == ["contact_centre"]
    other = home_with(tmp_path / "other", 'packs = ["cms", "contact_centre"]\n')
    assert [step[3] for step in steps(other, "service_level")] == ["cms"]
    assert [step[3] for step in steps(one, "abandonment_rate")] == ["cms"]


def test_nothing_on_nothing_is_nothing() -> None:
    assert in_order().equals(SCHEMA.to_frame())


MISTAKES = [
    ('packs = ["nhs"]\n', "targets.toml: packs[1] = 'nhs' is not a pack that comes with Timely. Known: acem, cms,"),
    ('packs = ["cms", "nhs_englnd"]\n', "packs[2] = 'nhs_englnd' is not a pack that comes with Timely. Did you mean nhs_england?"),
    ('packs = ["cms", "cms"]\n', "targets.toml: packs[2] = 'cms' is named twice; name it once."),
    ('[[target]]\nmetric = "lead_time"\nstatistic = "median"\nvalue = "80%"\nvalid_from = 2026-01-01\nsource = "x"\n',
     "targets.toml: target[1]: value = '80%' is a share, and median is none; write a number in the metric's unit."),
    (FOUR_HOURS + 'role = "dream"\nvalue = "80%"\nvalid_from = 2026-01-01\n',
     "targets.toml: target[1].role = 'dream'; expected 'target', 'trajectory' or 'stretch'."),
    (FOUR_HOURS + 'verified = "no"\nvalue = "80%"\nvalid_from = 2026-01-01\n',
     "targets.toml: target[1].verified = 'no'; expected true or false."),
]  # fmt: skip


@pytest.mark.parametrize(("text", "said"), MISTAKES)
def test_a_mistake_names_the_key_and_the_next_step(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(UserError) as told:
        home_with(tmp_path, text)
    assert len(told.value.problems) == 1 and said in told.value.problems[0]


def target_of(metric: str, statistic: str, value: float) -> str:
    return f'[[target]]\nmetric = "{metric}"\nstatistic = "{statistic}"\nvalue = {value}\nvalid_from = 2026-01-01\nsource = "x"\n'


def test_targets_that_the_catalogue_has_no_figure_for_are_told_at_once(tmp_path: Path, catalogue: dict[str, Metric]) -> None:
    home = home_with(
        tmp_path,
        target_of("no_sho_rate", "share", 0.1)
        + target_of("no_show_rate", "median", 3)
        + target_of("virtual_visit_share", "share", 0.2)
        + target_of("lead_time", "median", 14),
    )
    assert targets_problems(home.targets, catalogue) == [
        "targets.toml: the target of no_sho_rate share from 2026-01-01: metric = 'no_sho_rate' is not in the catalogue. "
        "Did you mean no_show_rate?",
        "targets.toml: the target of no_show_rate median from 2026-01-01: it has no median; write statistic = 'share'.",
        "targets.toml: the target of virtual_visit_share share from 2026-01-01: its metric says better = 'neither': "
        "no side of it is the good one. Remove the target, or set better in the metric's file.",
    ]
    with pytest.raises(UserError) as told:
        with_known_targets(home, catalogue)
    assert len(told.value.problems) == 3


def test_a_wait_that_should_be_long_has_no_limit(catalogue: dict[str, Metric]) -> None:
    long = catalogue["lead_time"].model_copy(update={"better": "higher"})
    frame = frame_of(pack_of("va").target).head(1)
    [problem] = targets_problems(frame, {"lead_time": long})
    assert "better = 'higher': median is for a wait that should be short" in problem


def test_the_example_homes_targets_each_have_a_kind(tmp_path: Path, catalogue: dict[str, Metric]) -> None:
    targets = with_known_targets(create_home(tmp_path), catalogue).targets
    assert targets["kind"].null_count() == 0
    assert set(targets["kind"]) == {"share_within", "percentile_at_most", "floor", "ceiling"}


@pytest.mark.parametrize("name", pack_names())
def test_a_pack_stands_by_itself(name: str, catalogue: dict[str, Metric]) -> None:
    """Its metrics are built in, it names no place, it says of every target whether it is verified in words that fit."""
    targets = frame_of(pack_of(name).target, name)
    assert targets_problems(targets, catalogue) == []
    assert overlap_problems(name, targets) == []
    assert targets.select("region", "site_id", "service_id").null_count().row(0) == (targets.height,) * 3
    assert not targets.filter(pl.col("verified") & pl.col("source").str.contains("not verified")).height


def test_packs_are_not_taken_for_metrics(catalogue: dict[str, Metric]) -> None:
    assert len(pack_names()) >= 5 and not set(pack_names()) & set(catalogue)
