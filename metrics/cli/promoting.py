"""timely query NAME --promote: what a question would be as a metric, and its file, written whole when asked."""

from typing import TYPE_CHECKING

from metrics.cli.printing import Format, print_rows, say
from metrics.errors import UserError, did_you_mean

if TYPE_CHECKING:
    from metrics.home import Home

SHOWN = ("period_start", "statistic", "numerator", "denominator", "value", "n", "lower", "upper", "mature")
WEEKS = 26  # of history that are shown


def promote(home: "Home", name: str, keys: list[str], person: str, write: bool, form: Format) -> None:
    """Print the history by week at all places together, and the file; with `write`, save it in the home's queries/.

    Raises UserError with everything that keeps the question from being a metric.
    """
    import polars as pl

    from metrics.warehouse import current
    from metrics.workbench.promoting import missing_words, preview, promoted
    from metrics.workbench.query import saved
    from metrics.workbench.query_metrics import metric_keys

    text = saved(home, name).sql
    answers, words = told_apart(keys)
    known = {key: value if isinstance(value, str) else ", ".join(value) for key, value in metric_keys(text).items()}
    answers = {**known, **answers}
    usual = missing_words(text, answers.get("kind", ""))
    made = promoted(text, answers, {**{word: said for word, said in usual.items() if said}, **words})
    history = preview(home, current(home.path), made, name, person=person, door="command")
    whole = history.filter(pl.col("site_id").is_null() & pl.col("service_id").is_null()).select(SHOWN)
    newest = whole["period_start"].unique().sort().tail(WEEKS)
    print_rows(whole.filter(pl.col("period_start").is_in(newest.implode())), form)
    if write:
        written(home, name, made, person)
    else:
        say(f"queries/{name}.sql would be:\n\n{made}\n\nWrite it with --write")


def written(home: "Home", name: str, text: str, person: str) -> None:
    from metrics.workbench.saving import save

    own = home.queries / f"{name}.sql"
    path = save(home, name, text, person, was=own.read_text(encoding="utf-8") if own.exists() else None)
    say(f"wrote {path}. Count it: timely refresh")


def told_apart(keys: list[str]) -> tuple[dict[str, str], dict[str, str]]:
    """key=value of the metric's header, and of the question's own (title, question, owner, reviewed, returns)."""
    from metrics.definitions.query_metric import KEYS
    from metrics.workbench.promoting import SAID

    pairs = [key.split("=", 1) for key in keys]
    wrong = [f"--metric {key}: expected key=value" for key in keys if "=" not in key]
    wrong += [
        f"--metric {pair[0]}: unknown key.{did_you_mean(pair[0], (*KEYS, *SAID))}"
        for pair in pairs
        if pair[0] not in (*KEYS, *SAID)
    ]
    if wrong:
        raise UserError(*wrong)
    said = dict(pairs)
    return {key: said[key] for key in said if key in KEYS}, {key: said[key] for key in said if key in SAID}
