"""The file of the bank's own rules as cells with their lines, before anything is made of them: YAML or CSV."""

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import yaml

from models.contracts.csv_rows import SEPARATORS, Lines, Refusal, header_names, misfit, rows_of
from models.errors import FileError

FIELDS = (
    *("id", "text", "merchant", "amount_from", "amount_to", "sign", "mcc", "account", "currency"),
    *("category", "from", "to", "who", "why"),
)
"""Fields of a rule, in the order that the documentation lists them."""

LIST_FIELDS = frozenset(("text", "merchant", "mcc", "account", "currency"))
"""Fields that may have several values: a list in YAML, parted by `BAR` in CSV."""

BAR = "|"

LARGEST = 16 * 1024 * 1024
"""Bytes of the largest file that is read."""

DEEPEST = 8
"""Levels of a YAML file that are read; rules need three, and what makes nodes of them calls itself for each."""

# Written in C where libyaml is at hand: the other one takes seconds for thousands of rules.
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NULLS = frozenset(("", "~", "null", "Null", "NULL"))


class FaultKind(StrEnum):
    """What can be wrong with rules."""

    MALFORMED = "malformed"
    """A field cannot be used; no rule of the file is, then."""
    REPEATED_ID = "repeated_id"
    """Two rules have one id; no rule of the file is used."""
    DUPLICATE = "duplicate"
    """A rule says what one before it says."""
    CONTRADICTION = "contradiction"
    """It asks the same as one before it, and gives another category."""
    SHADOWED = "shadowed"
    """One before it takes all that it could take."""
    BROAD = "broad"
    """It asks for no text, merchant or code, and is looked at for every transaction."""


FATAL = frozenset((FaultKind.MALFORMED, FaultKind.REPEATED_ID))
"""Faults with which a file is refused; the others are for people to look at."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong.

    Args:
        line: Of the file, from 1.
        field: Of the rule; None where the rule or the file as a whole is at fault.
        said: What is wrong, and what to do.
        rule: Id of the rule, where it has one.
    """

    kind: FaultKind
    line: int
    field: str | None
    said: str
    rule: str | None = None

    def __str__(self) -> str:
        """As a line for people."""
        where = f"line {self.line}" + (f", {self.field}" if self.field else "")
        return f"{where}: {self.said}"


@dataclass(frozen=True, slots=True)
class Entry:
    """One rule as the file has it.

    Args:
        cells: Field to its values, none of them empty; a field that is empty is not there, and one that could not be
            read has none.
        lines: Field to the line where it stands.
    """

    line: int
    cells: Mapping[str, tuple[str, ...]]
    lines: Mapping[str, int]

    def line_of(self, field: str) -> int:
        """The line of a field, or of the rule where the field is not there."""
        return self.lines.get(field, self.line)


def entries(content: bytes) -> Iterator[Entry | Fault]:
    """The rules of a file in order, with what cannot be read of them.

    Args:
        content: CSV whose first line names the columns, or YAML with a list of rules.
    """
    if len(content) > LARGEST:
        yield Fault(FaultKind.MALFORMED, 1, None, f"it has more than {LARGEST:,} bytes: part it, or tidy it up")
    elif (separator := _separator(content)) == ",":
        yield from _of_csv(content)
    elif separator:
        said = f"the columns are parted by {SEPARATORS[separator]}: save it with commas between them"
        yield Fault(FaultKind.MALFORMED, 1, None, said)
    else:
        yield from _of_yaml(content)


def _separator(content: bytes) -> str:
    """What parts the fields that the first line names which says something; empty where it names none: it is no CSV."""
    text = content.removeprefix(b"\xef\xbb\xbf").lstrip()
    head = text.partition(b"\n")[0].decode(errors="replace").lower()

    def names_fields(separator: str) -> bool:
        names = (each.strip().strip('"') for each in head.split(separator))
        return separator in head and not FIELDS_ASKED.isdisjoint(names)

    return next(filter(names_fields, (",", *SEPARATORS)), "")


FIELDS_ASKED = frozenset(("id", "category"))
"""Fields that every rule has: a CSV's header names them."""


def _of_csv(content: bytes) -> Iterator[Entry | Fault]:
    try:
        rows = rows_of(Lines(io.BytesIO(content)))
        header = next(rows)
        names = header_names(header)
        yield from _about_columns(names, header.line)
        for row in rows:
            if isinstance(row, Refusal):
                yield Fault(FaultKind.MALFORMED, row.line, row.field, f"it cannot be read ({row.reason})")
            elif reason := misfit(row, len(names)):
                said = f"it has {len(row.cells)} cells, and the header {len(names)} ({reason.value}): quote commas"
                yield Fault(FaultKind.MALFORMED, row.line, None, said)
            elif any(cell.strip() for cell in row.cells):
                cells = {
                    name: values
                    for name, cell in zip(names, row.cells, strict=True)
                    if (values := _parted(name, cell)) and name in FIELDS
                }
                yield Entry(row.line, cells, {})
    except FileError as error:
        yield Fault(FaultKind.MALFORMED, 1, None, str(error))


def _about_columns(names: list[str], line: int) -> Iterator[Fault]:
    for name in dict.fromkeys(names):
        if name not in FIELDS:
            yield Fault(FaultKind.MALFORMED, line, name, _unknown())
        elif names.count(name) > 1:
            yield Fault(FaultKind.MALFORMED, line, name, "it is there twice: leave one out")


def _parted(name: str, cell: str) -> tuple[str, ...]:
    values = cell.split(BAR) if name in LIST_FIELDS else [cell]
    return tuple(value.strip() for value in values if value.strip())


def _unknown() -> str:
    return f"there is no such field; there are {', '.join(FIELDS)}"


def _of_yaml(content: bytes) -> Iterator[Entry | Fault]:
    try:
        text = content.decode("utf-8-sig")
        if (deep := _line_too_deep(text)) is not None:
            said = f"it goes more than {DEEPEST} levels deep: rules are a list of fields, some of them lists of values"
            yield Fault(FaultKind.MALFORMED, deep, None, said)
            return
        # Nodes and not values: every scalar is the text that stands there, so that no country code is read as "no".
        root = yaml.compose(text, Loader=_Loader)
    except UnicodeDecodeError:
        yield Fault(FaultKind.MALFORMED, 1, None, "it is not UTF-8: save it as that")
        return
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or "it cannot be parsed"
        yield Fault(FaultKind.MALFORMED, mark.line + 1 if mark else 1, None, f"it is no YAML: {problem}")
        return
    if root is None:
        return
    if not isinstance(root, yaml.SequenceNode):
        said = "rules are a list: begin each with a dash, such as `- id: R-1`"
        yield Fault(FaultKind.MALFORMED, root.start_mark.line + 1, None, said)
        return
    for node in root.value:
        yield from _of_node(node)


def _line_too_deep(text: str) -> int | None:
    """The line, from 1, where a document goes deeper than is read; None where it does not."""
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > DEEPEST:
                return int(event.start_mark.line) + 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
    return None


def _of_node(node: Any) -> Iterator[Entry | Fault]:
    line = node.start_mark.line + 1
    if not isinstance(node, yaml.MappingNode):
        yield Fault(FaultKind.MALFORMED, line, None, "a rule is a list of fields, such as `id: R-1`")
        return
    cells: dict[str, tuple[str, ...]] = {}
    lines: dict[str, int] = {}
    for key, value in node.value:
        name, at = str(key.value), key.start_mark.line + 1
        if name not in FIELDS:
            yield Fault(FaultKind.MALFORMED, at, name, _unknown())
        elif name in lines:
            yield Fault(FaultKind.MALFORMED, at, name, "it is there twice in one rule: leave one out")
        elif (values := _values(value, several=name in LIST_FIELDS)) is None:
            said = "it must be one value, or a list of values" if name in LIST_FIELDS else "it must be one value"
            yield Fault(FaultKind.MALFORMED, at, name, said)
            # It is there, so that nobody misses it besides.
            cells[name] = ()
        else:
            lines[name] = at
            if values:
                cells[name] = values
    yield Entry(line, cells, lines)


def _values(node: Any, *, several: bool) -> tuple[str, ...] | None:
    if isinstance(node, yaml.ScalarNode):
        return () if _is_null(node) else (node.value.strip(),)
    if not several or not isinstance(node, yaml.SequenceNode):
        return None
    if not all(isinstance(each, yaml.ScalarNode) for each in node.value):
        return None
    return tuple(each.value.strip() for each in node.value if not _is_null(each))


def _is_null(node: Any) -> bool:
    # What stands in quotes is a text, whatever it spells.
    return not node.value.strip() or (node.style is None and node.value in _NULLS)
