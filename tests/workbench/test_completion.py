"""What the editor can offer, each with its meaning."""

from collections import Counter

from metrics.home import Home
from metrics.warehouse import current
from metrics.workbench.completion import completions
from metrics.workbench.guard import refusal
from metrics.workbench.meanings import meaning_of, schema
from metrics.workbench.questions import questions


def test_everything_that_can_be_typed_is_there_with_its_meaning(home: Home) -> None:
    found = completions(current(home.path), home)
    told = {(one.kind, one.table, one.name): one for one in found}
    assert max(Counter((one.kind, one.table, one.name) for one in found).values()) == 1
    assert "emergency" in told["table", "", "facts_visits"].meaning.lower() or told["table", "", "facts_visits"].meaning
    assert told["column", "observations", "period_start"].type == "date"
    assert told["column", "facts_visits", "door_to_provider_wait"].meaning.startswith("The wait of door_to_provider")
    assert told["metric", "", "door_to_provider"].meaning
    assert told["parameter", "", "$metric"].type == "text"
    assert told["function", "", "median"].meaning
    assert not {name for kind, _, name in told if kind == "function"} & {"read_csv", "getenv", "query", "sleep_ms"}


def test_every_column_has_a_meaning(home: Home) -> None:
    columns = schema(current(home.path))
    assert columns.filter(columns["meaning"] == "").height == 0
    assert columns["table_name"][0] == "observations"
    assert "One of" in meaning_of("facts_appointments", "status")


def test_what_the_header_of_the_text_declares_is_offered_first(home: Home) -> None:
    sql = "-- param: clinic text = null    Which clinic\nselect $clinic"
    own = [one for one in completions(current(home.path), home, sql) if one.kind == "parameter"]
    assert [(one.name, one.meaning) for one in own] == [("$clinic", "Which clinic")]
    everybody = {one.name for one in completions(current(home.path), home) if one.kind == "parameter"}
    assert everybody == {f"${param.name}" for question in questions(home).questions.values() for param in question.params}


def test_every_function_that_is_offered_passes_the_guard() -> None:
    from metrics.workbench import allowed
    from metrics.workbench.completion import functions_told

    for one in functions_told():
        if one.name in allowed.functions() and one.name not in {"range", "generate_series"}:
            why = refusal(f"select {one.name}(1)")
            assert why is None or "not allowed" not in why, one.name
