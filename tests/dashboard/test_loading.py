"""What the server has done before the first visit."""

import json
import subprocess
import sys
from pathlib import Path

from streamlit import config

ROOT = Path(__file__).parents[2]
STARTED = """
import gc, json, sys
from metrics.dashboard.loading import load_pages
load_pages()
print(json.dumps({"frozen": gc.get_freeze_count(), "charts": "metrics.dashboard.charts" in sys.modules,
                  "run": "metrics.dashboard.door" in sys.modules, "looked through": len(gc.get_objects())}))
"""


def test_the_pages_code_is_there_and_no_garbage_is_looked_for_in_it() -> None:
    told = subprocess.run([sys.executable, "-c", STARTED], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    found = json.loads(told)
    assert (found["charts"], found["run"]) == (True, False)
    assert found["looked through"] < found["frozen"] / 100


def test_no_visit_looks_through_the_code_for_changes() -> None:
    config.get_config_options(force_reparse=True)
    assert config.get_option("server.fileWatcherType") == "none"
