"""Finds the changes of a JSON Schema that break those who rely on it.

The question is always the same: does one schema accept everything that the other accepts? What we consume may only be
accepted more widely, what we produce may only be emitted more narrowly; fields vanish in neither direction. Whatever
cannot be decided keyword by keyword counts as a break, so an answer of "compatible" can be relied on. Objects are
open: a field that one side does not know is ignored by it.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from operator import ge, le
from types import MappingProxyType
from typing import Any, TypeVar

Schema = Mapping[str, Any]
_Side = TypeVar("_Side")


class Direction(StrEnum):
    """The side of a schema: it says what is accepted, or what is emitted."""

    CONSUMED = "consumed"
    PRODUCED = "produced"


_NOTES = frozenset({"title", "description", "default", "examples", "$id", "$schema", "$defs", "$comment", "deprecated"})
_WALKED = frozenset({"type", "required", "properties", "items"})
_LIMITS: Mapping[str, Callable[[Any, Any], bool]] = MappingProxyType(
    dict.fromkeys(("minimum", "exclusiveMinimum", "minLength", "minItems"), ge)
    | dict.fromkeys(("maximum", "exclusiveMaximum", "maxLength", "maxItems"), le)
)
_PYTHON_TYPES: Mapping[str, tuple[type, ...]] = MappingProxyType(
    {"string": (str,), "integer": (int,), "number": (int, float), "boolean": (bool,), "null": (type(None),)}
)


def incompatibilities(old: Schema, new: Schema, *, direction: Direction | str) -> list[str]:
    """Name every change from `old` to `new` that breaks those who rely on `old`.

    Args:
        old: JSON Schema (draft 2020-12), with references into its own `$defs` only and none of them recursive.
        direction: `consumed` for what we accept, `produced` for what we emit.

    Returns:
        One line per change, with the path of the field; empty where the change is compatible.

    >>> accepted = {"properties": {"mcc": {"type": "string"}}, "required": []}
    >>> stricter = {"properties": {"mcc": {"type": "string", "maxLength": 4}}, "required": ["mcc"]}
    >>> incompatibilities(accepted, stricter, direction="consumed")
    ['mcc: would be required', 'mcc: maxLength was absent, would be 4']
    >>> incompatibilities(accepted, stricter, direction="produced")
    []
    """
    return list(_Walk(Direction(direction)).changes(_inlined(old, old), _inlined(new, new), ""))


@dataclass(frozen=True, slots=True)
class _Walk:
    """One walk through two schemas; what `wide` accepts has to be accepted by `narrow` as well."""

    direction: Direction

    def changes(self, old: Schema, new: Schema, path: str) -> Iterator[str]:
        olds, news = _alternatives(old), _alternatives(new)
        if len(olds) == len(news) == 1:
            yield from self._single(olds[0], news[0], path)
            return
        wide, narrow = self._sides(olds, news)
        for one in wide:
            if not any(self._accepts(other, one) for other in narrow):
                yield from self._lost(one, narrow, path)

    def _lost(self, wide: Schema, narrow: Sequence[Schema], path: str) -> Iterator[str]:
        alike = [other for other in narrow if "const" not in other and _type(other) == _type(wide)]
        if len(alike) == 1 and "const" not in wide:
            yield from self._single(*self._sides(wide, alike[0]), path)
        else:
            shown = json.dumps(wide["const"]) if "const" in wide else wide.get("type", "anything")
            yield _line(path, f"would {'no longer accept' if self.direction is Direction.CONSUMED else 'emit'} {shown}")

    def _accepts(self, narrow: Schema, wide: Schema) -> bool:
        return not any(self._single(*self._sides(wide, narrow), ""))

    def _sides(self, old: _Side, new: _Side) -> tuple[_Side, _Side]:
        """Old and new as wide and narrow, or wide and narrow as old and new."""
        # Who reads us relies on the new being narrower, who writes to us on its being wider.
        return (old, new) if self.direction is Direction.CONSUMED else (new, old)

    def _single(self, old: Schema, new: Schema, path: str) -> Iterator[str]:
        wide, narrow = self._sides(old, new)
        if not _type_accepts(wide, narrow):
            yield _changed(path, "type", _type(old), _type(new))
            return
        for keyword in sorted(narrow.keys() - _NOTES - _WALKED):
            if not _accepts_value(keyword, wide.get(keyword), narrow[keyword]):
                yield _changed(path, keyword, old.get(keyword), new.get(keyword))
        would = "would be" if self.direction is Direction.CONSUMED else "would no longer be"
        for name in sorted(set(narrow.get("required", ())) - set(wide.get("required", ()))):
            yield _line(_inside(path, name), f"{would} required")
        yield from self._members(old, new, path)

    def _members(self, old: Schema, new: Schema, path: str) -> Iterator[str]:
        after = new.get("properties", {})
        for name, schema in old.get("properties", {}).items():
            if name in after:
                yield from self.changes(schema, after[name], _inside(path, name))
            else:
                yield _line(_inside(path, name), "would be removed")
        if "items" in old or "items" in new:
            yield from self.changes(old.get("items", {}), new.get("items", {}), f"{path}[]")


def _type_accepts(wide: Schema, narrow: Schema) -> bool:
    of_wide, of_narrow = _type(wide), _type(narrow)
    return of_narrow is None or of_narrow == of_wide or (of_narrow, of_wide) == ("number", "integer")


def _accepts_value(keyword: str, wide: Any, narrow: Any) -> bool:
    if keyword == "additionalProperties":
        return narrow is True or wide is False or wide == narrow
    if keyword in _LIMITS and wide is not None:
        return bool(_LIMITS[keyword](wide, narrow))
    # Types too: True equals 1 in Python, and not in JSON.
    return type(wide) is type(narrow) and wide == narrow


def _alternatives(schema: Schema) -> list[Schema]:
    """The schema as a list of which one must hold: unions, lists of types and enumerations taken apart."""
    rest = {key: value for key, value in schema.items() if key not in ("anyOf", "oneOf")}
    for union in ("anyOf", "oneOf"):
        if union in schema:
            return [one for branch in schema[union] for one in _alternatives({**rest, **branch})]
    if isinstance(schema.get("type"), list):
        return [one for name in schema["type"] for one in _alternatives({**schema, "type": name})]
    if "enum" in schema:
        rest = {key: value for key, value in schema.items() if key not in ("enum", "type")}
        return [{**rest, "const": value} for value in schema["enum"]]
    return [schema]


def _type(schema: Schema) -> Any:
    if "type" in schema or "const" not in schema:
        return schema.get("type")
    value = schema["const"]
    for name, types in _PYTHON_TYPES.items():
        if type(value) in types:
            return name
    return None


def _inlined(schema: Any, root: Schema) -> Any:
    if isinstance(schema, list):
        return [_inlined(item, root) for item in schema]
    if not isinstance(schema, Mapping):
        return schema
    target = schema.get("$ref")
    if isinstance(target, str):
        siblings = {key: value for key, value in schema.items() if key != "$ref"}
        return _inlined({**root["$defs"][target.removeprefix("#/$defs/")], **siblings}, root)
    return {key: _inlined(value, root) for key, value in schema.items() if key != "$defs"}


def _inside(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _line(path: str, change: str) -> str:
    return f"{path or 'message'}: {change}"


def _changed(path: str, keyword: str, old: object, new: object) -> str:
    was, would_be = ("absent" if value is None else json.dumps(value) for value in (old, new))
    return _line(path, f"{keyword} was {was}, would be {would_be}")
