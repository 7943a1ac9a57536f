"""The field maps' page of the documentation, made from the maps themselves."""

from metrics.events import TABLES
from metrics.events.declaration import ENTERED_IN_ERROR
from metrics.messages.fhir.fields import OTHERWISE, Field
from metrics.messages.fhir.reading import BESIDE, MAPS

PREAMBLE = """# FHIR: which field fills which column

Made from `metrics/messages/fhir/` by `python tests/docs/regenerate.py`; edit those, not this page. How resources are sent, and what
is refused, is in [feeds.md](feeds.md).

Paths are FHIRPath in R4 (4.0.1) and R5 (5.0.0); of several, the first that leads to a value counts. *As R4* says that R5 has the
same field. An instant is the earliest of those that the path leads to. A day alone is an instant only where it says so.
`recorded_at` is `meta.lastUpdated`, and a microsecond more for each further word about the case.
Ids of cases stand under the feed's `system` ([settings.md](settings.md#feedstoml)), `fhir:4711` where nothing else is said: the
same id of another system is another case.
`entered_in_error` follows the status: a resource entered in error, a cancelled Encounter, an entry of a Bundle that deletes.
"""


def fhir_markdown() -> str:
    beside = f"\nLet by, and not kept: {', '.join(BESIDE)}. Any other type is refused.\n"
    return PREAMBLE + "".join(section(kind, table, fields) for kind, (table, fields) in MAPS.items()) + beside


def section(kind: str, table: str, fields: tuple[Field, ...]) -> str:
    told = {one.column for one in fields} | {"recorded_at", "source", ENTERED_IN_ERROR}
    missing = [name for name in TABLES[table].column if name not in told]
    nothing = f"\nNo field of FHIR says: {', '.join(f'`{name}`' for name in missing)}.\n" if missing else ""
    rows = "".join(row(field) for field in fields)
    return f"\n## {kind} → {table}\n\n| column | R4 | R5 | mind |\n|---|---|---|---|\n{rows}{nothing}"


def row(field: Field) -> str:
    r5 = "as R4" if field.r5 is None else written(field.r5)
    return f"| `{field.column}` | {written(field.r4)} | {r5} | {'; '.join(remarks(field))} |\n"


def written(paths: str) -> str:
    return ", ".join(f"`{path.strip()}`" for path in paths.split(",")) if paths else "–"


def remarks(field: Field) -> list[str]:
    found = ["hashed"] if field.read == "patient" else ["a day alone is its beginning at the site"] if field.read == "day" else []
    found += [f"only {', '.join(field.of)}"] if field.of else []
    if field.codes is not None:
        found += [
            ", ".join(f"{'any other' if code == OTHERWISE else code}: {value}" for code, value in field.codes.items()).lower()
        ]
    return found + ([field.note] if field.note else []) + (["kept where it is not told again"] if field.keep else [])


def worded(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
