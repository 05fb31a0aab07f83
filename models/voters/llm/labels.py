"""The closed set of labels: an answer is exactly one of them, or no vote."""

import json
from typing import Any

from models.contracts.taxonomy import CATEGORIES

_KNOWN = frozenset(CATEGORIES)

SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {"category": {"type": "string", "enum": list(CATEGORIES)}},
    "required": ["category"],
    "additionalProperties": False,
}
"""JSON Schema of an answer, for servers that hold a model to one; what comes back is checked all the same."""


def read_label(content: str) -> str | None:
    """The label that a model's answer is, or None.

    >>> read_label(' {"category": "fuel"}')
    'fuel'
    >>> read_label('{"category": "fuel"} {"category": "pets"}'), read_label('{"category": "FUEL"}'), read_label("fuel")
    (None, None, None)
    """
    match read_json(content):
        case {"category": str(label), **rest} if not rest and label in _KNOWN:
            return label
    return None


def read_json(text: str | bytes) -> Any:
    """The value of a JSON text without repeated names, or None where it is none; never raises."""
    try:
        return json.loads(text, object_pairs_hook=_unrepeated)
    except (ValueError, RecursionError):  # also for bytes that are no text, and for numbers of thousands of digits
        return None


def _unrepeated(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name twice")
    return found
