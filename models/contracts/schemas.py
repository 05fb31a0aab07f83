"""JSON Schemas of the wire events, generated from the contracts and committed under `schemas/`.

`python -m models.training.shipped schemas --write` is `make schemas`. It refuses to overwrite a schema with one that
would break those who rely on it: such a change needs a new version beside the old one.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

from pydantic.json_schema import GenerateJsonSchema

from models.contracts.alerts import FairnessAlert
from models.contracts.compatibility import Direction, incompatibilities
from models.contracts.corrections import Correction
from models.contracts.events import SCHEMA_VERSION, Categorized, Event, ReviewRequest, Transaction

DIRECTORY = Path("schemas") / f"v{SCHEMA_VERSION}"
"""Where the schemas are committed, from the root of the repository."""

_MODES: Mapping[Direction, Literal["validation", "serialization"]] = MappingProxyType(
    {Direction.CONSUMED: "validation", Direction.PRODUCED: "serialization"}
)


@dataclass(frozen=True, slots=True)
class Published:
    """A contract whose schema is published.

    Args:
        direction: Whether we accept it or emit it; decides which changes are compatible.
    """

    contract: type[Event]
    direction: Direction


PUBLISHED: Mapping[str, Published] = MappingProxyType(
    {
        "transaction": Published(Transaction, Direction.CONSUMED),
        "categorized": Published(Categorized, Direction.PRODUCED),
        "review-request": Published(ReviewRequest, Direction.PRODUCED),
        "correction": Published(Correction, Direction.CONSUMED),
        "fairness-alert": Published(FairnessAlert, Direction.PRODUCED),
    }
)
"""File name (without `.json`) to what it describes."""


class _Plain(GenerateJsonSchema):
    """Without a title for every field, which only repeats its name."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002  # the signature is pydantic's
        """No field gets a title."""
        return False


def schema(name: str) -> dict[str, Any]:
    """Generate the JSON Schema (draft 2020-12) of one of `PUBLISHED`."""
    published = PUBLISHED[name]
    generated = published.contract.model_json_schema(
        mode=_MODES[published.direction], schema_generator=_Plain, union_format="any_of"
    )
    if published.direction is Direction.PRODUCED:
        # pydantic does not require fields with a default, though what is emitted always has them.
        generated = _all_required(generated)
    head = {"$schema": _Plain.schema_dialect, "$id": f"urn:evenhand:{name}:v{SCHEMA_VERSION}"}
    return head | generated


def text(name: str) -> str:
    """The schema as it is committed."""
    return json.dumps(schema(name), indent=2, ensure_ascii=False) + "\n"


def write(directory: Path) -> list[str]:
    """Write every schema, unless one of them would break those who rely on the committed one.

    Args:
        directory: Where the committed schemas are; made where it is missing.

    Returns:
        The breaking changes, as `file: change`; where there are any, nothing is written.
    """
    breaks = [
        f"{name}.json: {change}"
        for name, published in PUBLISHED.items()
        if (path := directory / f"{name}.json").exists()
        for change in incompatibilities(
            json.loads(path.read_text(encoding="utf-8")), schema(name), direction=published.direction
        )
    ]
    # All or nothing: schemas of two releases beside each other would fit no program.
    if not breaks:
        directory.mkdir(parents=True, exist_ok=True)
        for name in PUBLISHED:
            (directory / f"{name}.json").write_text(text(name), encoding="utf-8")
    return breaks


def check(directory: Path) -> list[str]:
    """Name the schemas whose committed file is missing or is not what the contracts generate."""
    paths = {name: directory / f"{name}.json" for name in PUBLISHED}
    return [
        f"{path.name}: {'out of date' if path.exists() else 'missing'}; run make schemas"
        for name, path in paths.items()
        if not path.exists() or path.read_text(encoding="utf-8") != text(name)
    ]


def _all_required(node: Any) -> Any:
    """Require every field: emitted events are always complete, so every field of every object can be relied on."""
    if isinstance(node, list):
        return [_all_required(item) for item in node]
    if not isinstance(node, dict):
        return node
    inner = {key: _all_required(value) for key, value in node.items()}
    return inner | {"required": list(node["properties"])} if isinstance(node.get("properties"), dict) else inner
