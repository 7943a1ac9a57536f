"""The pages' code, loaded before the first visit and set apart from what is looked through for garbage."""

import gc
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from importlib import import_module
from pkgutil import walk_packages

import streamlit as st

from metrics import dashboard

SCRIPT = f"{dashboard.__name__}.door"  # runs for each visit


@asynccontextmanager
async def with_pages_loaded(app: st.App) -> AsyncGenerator[None]:
    """The life of the server: nobody is served before the pages are loaded."""
    load_pages()
    yield


def load_pages() -> None:
    """Load every module of the pages, and let the garbage collector pass over all that is there by then.

    Streamlit collects garbage after every run of a page, also when a fragment of it looks for news: a tenth of a second, in which
    nobody is answered, goes into the objects of code that stays as long as the server.
    """
    for module in walk_packages(dashboard.__path__, f"{dashboard.__name__}."):
        if module.name != SCRIPT:
            import_module(module.name)
    gc.collect()
    gc.freeze()
