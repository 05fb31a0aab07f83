"""Names of the code between back-ticks, in docstrings and docs, exist: a move or renaming leaves none behind."""

import re
from pathlib import Path
from pydoc import locate

from streams.messages.roles import Role

ROOT = Path(__file__).parents[1]
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")))
MODULES = tuple(path for top in ("models", "monitors", "streams") for path in sorted((ROOT / top).rglob("*.py")))

_NAME = re.compile(r"`((?:models|monitors|streams)(?:\.\w+)+)`")


def test_every_name_exists() -> None:
    """Modules, and what stands in them."""
    named = {
        (name, path.relative_to(ROOT).as_posix())
        for path in (*PAGES, *MODULES)
        for name in _NAME.findall(path.read_text(encoding="utf-8"))
    }
    assert len(named) > 50
    topics = set(Role)  # `models.updates` is one
    assert [] == sorted((name, place) for name, place in named if name not in topics and locate(name) is None)
