"""Write the pages that are made from the code: python tests/docs/regenerate.py"""

import sys
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from metrics.alerts.page import alerts_markdown  # noqa: E402 (found only after the path is set)
from metrics.cli.reference import commands_markdown  # noqa: E402
from metrics.clocks.holidays import countries_listing  # noqa: E402
from metrics.definitions import BUILT_IN, catalogue_markdown, load_catalog  # noqa: E402
from metrics.events.dictionary import dictionary_markdown  # noqa: E402
from metrics.home.packs_page import targets_markdown  # noqa: E402
from metrics.home.settings_page import settings_markdown  # noqa: E402
from metrics.home.snapshot_page import snapshots_markdown  # noqa: E402
from metrics.messages.fhir.page import fhir_markdown  # noqa: E402
from metrics.quality.page import quality_markdown  # noqa: E402
from metrics.suppression.page import suppression_markdown  # noqa: E402
from metrics.workbench.query_metrics import shipped_metrics  # noqa: E402
from metrics.workbench.questions_page import questions_markdown  # noqa: E402

PAGES: dict[str, Callable[[], str]] = {
    "docs/metrics.md": lambda: catalogue_markdown(shipped_metrics()),
    "docs/data_dictionary.md": dictionary_markdown,
    "docs/settings.md": settings_markdown,
    "docs/commands.md": commands_markdown,
    "docs/targets.md": lambda: targets_markdown(load_catalog(BUILT_IN)),
    "docs/alerts.md": alerts_markdown,
    "docs/snapshots.md": snapshots_markdown,
    "docs/suppression.md": suppression_markdown,
    "docs/quality.md": quality_markdown,
    "docs/questions.md": questions_markdown,
    "docs/fhir.md": fhir_markdown,
    "metrics/clocks/countries.txt": countries_listing,
}


def main() -> None:
    for name, page in PAGES.items():
        path = ROOT / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(page(), encoding="utf-8")
        print(f"wrote {name}")


if __name__ == "__main__":
    main()
