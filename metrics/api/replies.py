"""What goes back: rows as CSV, JSON or Parquet with where they come from; 'not modified'; or sentences of what is wrong."""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from json import dumps

import polars as pl
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from metrics.warehouse import Generation
from metrics.workbench.exports import as_csv, as_parquet

CSV, JSON, PARQUET = "csv", "json", "parquet"
TYPES = {CSV: "text/csv; charset=utf-8", JSON: "application/json", PARQUET: "application/vnd.apache.parquet"}
OUTCOMES = {"busy": 429, "stopped": 422}  # of a query without an answer; anything else that is wrong with it is a 400
SUPPRESSION = "X-Timely-Suppression"  # names the policy by which small numbers are withheld
RETRY_AFTER = "5"  # seconds: a usual query has been answered by then


@dataclass(frozen=True)
class Answer:
    """The rows of one request, whether there were more, their generation, and the policy that withheld their small numbers."""

    frame: pl.DataFrame
    truncated: bool
    generation: Generation
    policy: str


def reply(answer: Answer, form: str, tag: str | None, name: str) -> Response:
    """The rows in the form asked for. `tag` is None for an answer that may differ the next time: it is not kept."""
    body = FORMS[form](answer)
    headers = {"Content-Disposition": f'inline; filename="{name}.{form}"', **told(answer.generation, tag)}
    return Response(
        body, 200, {**headers, "X-Timely-Truncated": str(answer.truncated).lower(), SUPPRESSION: answer.policy}, TYPES[form]
    )


def not_modified(generation: Generation, tag: str) -> Response:
    return Response(status_code=304, headers=told(generation, tag))


def told(generation: Generation, tag: str | None) -> dict[str, str]:
    """The headers that say where the rows come from, and how long they may be kept."""
    origin = {
        "X-Timely-As-Of": f"{generation.as_of:%Y-%m-%dT%H:%M:%S}Z",
        "X-Timely-Generation": generation.name,
        "Vary": "Authorization",
        "X-Content-Type-Options": "nosniff",
    }
    return {**origin, **({"ETag": tag, "Cache-Control": "private, no-cache"} if tag else {"Cache-Control": "no-store"})}


def refused(status: int, *problems: str) -> Response:
    """What is wrong, a sentence a problem."""
    headers = {401: {"WWW-Authenticate": 'Basic realm="Timely"'}, 429: {"Retry-After": RETRY_AFTER}}.get(status, {})
    return JSONResponse({"problems": list(problems)}, status, {"Cache-Control": "no-store", **headers})


def tag_of(generation: Generation, *parts: object) -> str:
    """The name of an answer: the same generation, asked the same, in the same form, answers the same."""
    said = dumps([generation.key, *parts], default=str, sort_keys=True)
    return f'"{sha256(said.encode()).hexdigest()[:32]}"'


def is_known(request: Request, tag: str) -> bool:
    """Whether the reader has this answer already (If-None-Match, compared weakly as HTTP says)."""
    given = [part.strip().removeprefix("W/") for part in request.headers.get("if-none-match", "").split(",")]
    return tag in given or "*" in given


def as_json(answer: Answer) -> bytes:
    """`{"as_of", "generation", "truncated", "suppression", "rows"}`; instants are UTC without a zone."""
    head = {
        "as_of": f"{answer.generation.as_of:%Y-%m-%dT%H:%M:%S}Z",
        "generation": answer.generation.name,
        "truncated": answer.truncated,
        "suppression": answer.policy,
    }
    return f'{dumps(head)[:-1]}, "rows": {rows_as_json(finite(answer.frame))}}}'.encode()


def rows_as_json(frame: pl.DataFrame) -> str:
    """The rows as a JSON list. A map whose keys are no texts has them as texts: JSON knows no others, and Polars refuses it."""
    if any("Map(" in str(dtype) for dtype in frame.dtypes):
        return dumps(frame.to_dicts(), default=str)
    return frame.write_json()


def finite(frame: pl.DataFrame) -> pl.DataFrame:
    """JSON knows no infinity and no 'not a number': they are null."""
    floats = [name for name, dtype in frame.schema.items() if dtype.is_float()]
    return frame.with_columns(pl.when(pl.col(name).is_finite()).then(pl.col(name)) for name in floats)


FORMS: dict[str, Callable[[Answer], bytes]] = {
    CSV: lambda answer: as_csv(answer.frame),
    JSON: as_json,
    PARQUET: lambda answer: as_parquet(answer.frame),
}
