"""The shape of a file: which keys a table may have and how each is read. Pydantic does the walking and finds all faults at once.

A shape only ever says which keys were *given*; what a missing key means is said by the value that is built from it, so that
each default stands in one place.
"""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

from maildesk.config.findings import Report, Wrong, nearest
from maildesk.config.toml import Place, Toml


class Shape(BaseModel):
    """A table of a configuration file. Unknown keys are faults; no fault ever repeats the value it is about."""

    model_config = ConfigDict(extra="forbid", strict=True, hide_input_in_errors=True, arbitrary_types_allowed=True)

    def given(self) -> dict[str, Any]:
        """The keys that stand in the file, with their values; tables within are left as shapes."""
        return {name: getattr(self, name) for name in type(self).model_fields if name in self.model_fields_set}


AnyShape = TypeVar("AnyShape", bound=Shape)


def fit(shape: type[AnyShape], toml: Toml, report: Report) -> tuple[AnyShape | None, frozenset[Place]]:
    """The file in its shape, and the tables that have faults, every one of which is reported.

    With faults the shape is what remains without them, so that more can be found in one go; None when nothing can be made of it.
    """
    fitted, faults = _tried(shape, toml.values)
    for fault in faults:
        place = _place(fault)
        problem, remedy = _told(fault, shape, place)
        report.add(toml.path, dotted(place), problem, remedy, toml.line(place))
    spoilt = frozenset(_place(fault)[:-1] for fault in faults)
    rest = deepcopy(toml.values) if faults else {}
    while faults and sum(_taken_out(rest, fault["loc"]) for fault in faults):
        fitted, faults = _tried(shape, rest)
    return fitted, spoilt


def _tried(shape: type[AnyShape], values: dict[str, Any]) -> tuple[AnyShape | None, list[ErrorDetails]]:
    try:
        return shape.model_validate(values), []
    except ValidationError as error:
        return None, error.errors(include_url=False, include_input=False)


def _taken_out(values: Any, place: Place) -> bool:
    """Remove what is faulty, or the nearest key around it that is there; whether there was one."""
    *way, last = place or ("",)
    inner = values
    for part in way:
        match inner, part:
            case dict(), str():
                inner = inner.get(part)
            case list(), int():
                inner = inner[part]
            case _:
                inner = None
    if isinstance(inner, dict) and last in inner:
        del inner[last]
        return True
    return bool(way) and _taken_out(values, tuple(way))


def dotted(place: Place) -> str:
    """A place as people write it: `account[2].port`, elements counted from 1."""
    parts = "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in place)
    return parts.removeprefix(".")


def _place(fault: ErrorDetails) -> Place:
    cause = fault.get("ctx", {}).get("error")
    key = (cause.key,) if isinstance(cause, Wrong) and cause.key else ()
    return (*fault["loc"], *key)


def _told(fault: ErrorDetails, shape: type[Shape], place: Place) -> tuple[str, str]:
    """The problem and its remedy, in our words."""
    cause = fault.get("ctx", {}).get("error")
    if isinstance(cause, Wrong):
        return cause.problem, cause.remedy
    match fault["type"]:
        case "extra_forbidden":
            known = sorted(_keys_at(shape, place[:-1]))
            return "is not a known key", nearest(str(place[-1]), known, f"Known keys here: {', '.join(known)}.")
        case "missing":
            return "is missing", "Add this key; the example file shows what it means."
        case "literal_error":
            return f"must be {fault['ctx']['expected']}", "Write one of these words, in quotes."
        case "int_type" | "int_from_float":
            return "must be a whole number", "Write digits only, without quotes."
        case "bool_type":
            return "must be true or false", "Write one of them, without quotes."
        case "list_type":
            return "must be a list", "Write [ … ], the elements separated by commas; a list of tables has [[ ]] around its name."
        case "model_type" | "model_attributes_type" | "dict_type":
            return "must be a table", f"Write [{dotted(place)}] above its keys."
        case "greater_than_equal" | "less_than_equal" | "greater_than" | "less_than":
            return fault["msg"].removeprefix("Input ").replace("should be", "must be"), "Write a number in that range."
        case _:
            return fault["msg"].removeprefix("Input "), "The example file shows how this key is written."


def _keys_at(shape: type[Shape], place: Place) -> Iterator[str]:
    """The keys that the table at this place may have."""
    inner: Any = shape
    for part in place:
        if isinstance(part, str) and isinstance(inner, type) and issubclass(inner, Shape) and part in inner.model_fields:
            inner = inner.model_fields[part].annotation
        inner = shape_in(inner)
    fields: Mapping[str, Any] = inner.model_fields if inner is not None else {}
    return iter(fields)


def shape_in(annotation: Any) -> type[Shape] | None:
    """The shape inside `list[Shape]`, `dict[str, Shape]`, `Shape | None`."""
    if isinstance(annotation, type) and issubclass(annotation, Shape):
        return annotation
    arguments = getattr(annotation, "__args__", ())
    return next((found for one in arguments if (found := shape_in(one))), None)
