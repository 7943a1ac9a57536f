"""What a file says wrongly, as sentences: file, key, value, what was expected."""

import types
from collections.abc import Iterator, Sequence
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from metrics.errors import did_you_mean

# Pydantic's kinds of error, in the words of somebody who writes TOML.
WORDS = {
    "string_type": "a text", "int_type": "a whole number", "float_type": "a number", "bool_type": "true or false",
    "date_type": "a date such as 2026-04-01, without quotes", "tuple_type": "a list", "model_type": "a table",
    "list_type": "a list", "string_too_short": "a text that is not empty",
}  # fmt: skip


def problems_of(file: str, model: type[BaseModel], error: ValidationError, prefix: str = "") -> list[str]:
    """One sentence for each mistake that pydantic found in what was read from the file."""
    return [problem_of(file, model, detail, prefix) for detail in error.errors()]


def problem_of(file: str, model: type[BaseModel], detail: ErrorDetails, prefix: str) -> str:
    path, value = detail["loc"], detail["input"]
    key = key_of((prefix, *path) if prefix else path)
    if detail["type"] == "extra_forbidden":
        known = list(models_along(model, path[:-1])[-1].model_fields)
        return f"{file}: {key} is not a key it knows.{did_you_mean(str(path[-1]), known)}"
    if detail["type"] == "missing":
        field = field_at(model, path)
        return f"{file}: {key} is missing. {field.description if field else ''}".rstrip()
    if detail["type"] in ("value_error", "assertion_error"):
        said = str(detail["ctx"]["error"])
        shown = "" if isinstance(value, dict | list) or repr(value) in said else f" = {value!r}"
        return f"{file}: {key}{shown}: {said}."
    return f"{file}: {key} = {value!r}; expected {expected(model, detail)}."


def expected(model: type[BaseModel], detail: ErrorDetails) -> str:
    """What the declaration says the value may be, else pydantic's words made plain."""
    field = field_at(model, detail["loc"])
    if field is not None and field.examples:
        return str(field.examples[0])
    if detail["type"] == "literal_error":
        return str(detail["ctx"]["expected"])
    return WORDS.get(detail["type"], detail["msg"].removeprefix("Input should be "))


def key_of(path: Sequence[int | str]) -> str:
    """('clinic', 'weeks', 0, 'monday') as clinic.weeks[1].monday: people count from 1."""
    words = "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in path)
    return words.removeprefix(".") or "the file"


def field_at(model: type[BaseModel], path: Sequence[int | str]) -> FieldInfo | None:
    """The declaration of the key that the path leads to, None when it leads to none."""
    names = [part for part in path if isinstance(part, str)]
    return models_along(model, path[:-1])[-1].model_fields.get(names[-1]) if names else None


def models_along(model: type[BaseModel], path: Sequence[int | str]) -> list[type[BaseModel]]:
    """The models that the path walks through, the first one included."""
    walked = [model]
    for part in path:
        field = walked[-1].model_fields.get(part) if isinstance(part, str) else None
        walked += list(models_in(field.annotation))[:1] if field else []
    return walked


def models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    """The models that a type such as tuple[Week, ...] or Week | None holds."""
    if isinstance(annotation, type) and not isinstance(annotation, types.GenericAlias) and issubclass(annotation, BaseModel):
        yield annotation
    elif get_origin(annotation) in (tuple, list, dict, Union, types.UnionType):
        for inner in get_args(annotation):
            yield from models_in(inner)
