"""The 28 categories: data with a version. They name the purpose of the money, never the person."""

import json
from collections.abc import Mapping
from enum import StrEnum
from importlib.resources import files
from types import MappingProxyType

_TABLE = json.loads(files("models").joinpath("data/taxonomy.json").read_text(encoding="utf-8"))

TAXONOMY_VERSION: str = _TABLE["version"]
"""Semantic version of the taxonomy: a renamed or removed category raises the major number."""

DESCRIPTIONS: Mapping[str, str] = MappingProxyType(_TABLE["categories"])
"""Category name to a line that says what belongs there, in the taxonomy's order."""

Category = StrEnum("Category", [(name, name) for name in DESCRIPTIONS])  # type: ignore[misc]
"""The categories as an enumeration, in the taxonomy's order."""

CATEGORIES: tuple[str, ...] = tuple(DESCRIPTIONS)
"""Category names, in the taxonomy's order; the order of every score vector."""
