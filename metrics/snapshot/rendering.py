"""The files that people open: the page, the PDF, and the same words and points for a program."""

import json
from dataclasses import asdict

from metrics.snapshot.content import Snapshot
from metrics.snapshot.page import html_of
from metrics.snapshot.sheet import pdf_of

PAGE, SHEET, WORDS = "index.html", "snapshot.pdf", "snapshot.json"


def rendered(snapshot: Snapshot) -> dict[str, bytes]:
    """File name -> its bytes: the same for the same snapshot, in any process."""
    words = json.dumps(asdict(snapshot), indent=1, ensure_ascii=False, default=str) + "\n"
    return {PAGE: html_of(snapshot).encode(), SHEET: pdf_of(snapshot), WORDS: words.encode()}
