"""The pages made from the code say what the code says now."""

import pytest

from metrics.alerts.kinds import KINDS
from metrics.alerts.machine import TABLE
from metrics.definitions import BUILT_IN, load_catalog
from metrics.events import TABLES
from tests.docs.regenerate import PAGES, ROOT


@pytest.mark.parametrize("page", PAGES)
def test_a_generated_page_is_up_to_date(page):
    written = (ROOT / page).read_text(encoding="utf-8")
    assert written == PAGES[page](), f"{page} is out of date: run python tests/docs/regenerate.py"


def test_every_metric_has_a_card_with_its_version():
    page = PAGES["docs/metrics.md"]()
    for metric in load_catalog(BUILT_IN).values():
        assert f'<a id="{metric.id}"></a>\n\n## {metric.title}\n' in page


def test_every_column_and_rule_is_in_the_dictionary():
    page = PAGES["docs/data_dictionary.md"]()
    for table in TABLES.values():
        assert f"\n## {table.name}\n" in page
        for column in table.columns:
            assert f"| `{column.name}` | {column.type} | {column.meaning}" in page


def test_every_kind_of_rule_and_every_state_is_on_the_alerts_page():
    page = PAGES["docs/alerts.md"]()
    assert all(f"\n### {kind}\n" in page for kind in KINDS)
    assert "| pending | stays; firing (`fired`) at the N-th | expired (`expired`) | stays |" in page
    assert all(f"`{step.event}`" in page for step in TABLE.values() if step.event)
