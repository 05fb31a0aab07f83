"""Sentences for what purchase cards lack, such as rent and salary: templates filled by a seeded draw."""

import json
import random
import re
from collections.abc import Iterator
from pathlib import Path

from models.errors import DataError

_SLOT = re.compile(r"\{(\w+)\}")


def sentences(path: Path, *, per_category: int, seed: int) -> Iterator[tuple[str, str]]:
    """Generate statement lines from a table of templates and lists.

    Args:
        path: JSON with `lists` (name to words) and `templates` (category to templates with ``{list}`` slots).
        per_category: How many lines for each category of the table; templates take turns, so each is used.
        seed: Equal seeds give equal lines.

    Yields:
        Pairs of category and line, the categories in the table's order.

    Raises:
        DataError: The table is missing or malformed, or a template names a list that is not there.
    """
    try:
        table = json.loads(path.read_text(encoding="utf-8"))
        lists, templates = table["lists"], table["templates"]
    except (OSError, ValueError, KeyError) as error:
        raise DataError(f"{path} is no table of templates and lists ({type(error).__name__})") from error
    for category, lines in templates.items():
        draw = random.Random(f"{seed} {category}")  # by category: a changed template moves no other category's lines
        for number in range(per_category):
            yield category, _filled(lines[number % len(lines)], lists, draw)


def _filled(template: str, lists: dict[str, list[str]], draw: random.Random) -> str:
    def word(slot: re.Match[str]) -> str:
        if slot[1] not in lists:
            raise DataError(f"a template names the list {slot[1]!r}, which the table does not have")
        return draw.choice(lists[slot[1]])

    return _SLOT.sub(word, template)
