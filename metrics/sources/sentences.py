"""What DuckDB says of a mapping or a file, in one sentence that a person can act on and that holds no patient's identifier."""

import re
from pathlib import Path

import duckdb

from metrics.errors import did_you_mean
from metrics.sources.mapping import Select
from metrics.sources.views import Opened

HIDDEN = "'(hidden)'"
ADVICE = " Use try_cast or try_strptime in the mapping, or select the text as it is: Timely casts it and rejects single values."


def binding_problem(problem: duckdb.Error, select: Select, opened: list[Opened]) -> str:
    """DuckDB's sentence on a SELECT that cannot be bound; for a column the file lacks, its nearest name."""
    text = str(problem).splitlines()[0].split(": ", 1)[-1]
    match = re.search(r'column "([^"]+)"', text)
    known = sorted({name for one in opened for names in one.columns.values() for name in names})
    nearest = did_you_mean(match[1], known) if match and known else ""
    files = ", ".join(sorted({file.name for one in opened for file in one.columns}))
    return f"The SELECT for {select.table} does not fit {files or 'the files'}: {text}{nearest}"


def sentence_of(problem: Exception, select: Select) -> str:
    """A failure while reading, in one sentence. Values are hidden: one of them may be a patient's identifier."""
    text = str(problem).splitlines()[0].split(": ", 1)[-1]
    if isinstance(problem, OSError) and problem.errno is not None:
        return f"{select.table}: {problem.strerror or text} ({problem.filename or 'while reading'})."
    if "state machine" in text:
        return f"{select.table}: {csv_name(problem)} mixes line ends or quotes. Export it again, or set strict_mode = false."
    if isinstance(problem, duckdb.ConversionException | duckdb.InvalidInputException):
        hidden = re.sub(r"'([^']*)'|\"([^\"]*)\"", shown, text)
        return f"{select.table}: {hidden}.{ADVICE if HIDDEN in hidden else ''}"
    if isinstance(problem, duckdb.OutOfMemoryException):
        return f"{select.table}: the mapping needs more memory than there is. Leave out sorting and joining of whole files."
    return f"{select.table}: {text}"


def csv_name(problem: Exception) -> str:
    match = re.search(r"file ?= ?(\S.*)", str(problem))
    return Path(match[1].strip()).name if match else "a CSV file"


def message_of(kind: str, text: str) -> str:
    return "Value with a quote that does not end." if kind == "UNQUOTED VALUE" else text.splitlines()[0]


def shown(match: re.Match[str]) -> str:
    """The name of a file that is quoted; any other quoted text is a value, and hidden."""
    quoted = match[1] or match[2] or ""
    return Path(quoted).name if quoted.startswith("/") and Path(quoted).is_file() else HIDDEN
