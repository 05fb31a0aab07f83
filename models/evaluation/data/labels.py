"""From a label of a source to the categories that are right for it."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from pathlib import Path

from models.contracts.csv_rows import Refusal, header_names, misfit, read_rows
from models.contracts.taxonomy import CATEGORIES
from models.errors import FileError
from models.voters.mcc import code_category

MCC = "mcc"
"""Label column whose cells are merchant category codes."""

Truth = frozenset[str]
"""Categories that are right; empty where the label is not known."""

Labels = Callable[[str, str], Truth]
"""From a label and the description beside it to the truth."""

_SINGLE: Mapping[str, Truth] = {category: frozenset({category}) for category in CATEGORIES}
_NONE: Truth = frozenset()
_COLUMNS = ["label", "category"]


def labels_for(column: str, label_map: Path | None) -> Labels:
    """Find out how the cells of a label column are read.

    Args:
        column: Name of the label column. Without a map its cells are category names, or codes where it is `mcc`.
        label_map: CSV with the columns label and category; several rows for a label that allows several categories.

    Raises:
        FileError: The map cannot be used.
    """
    if label_map is not None:
        return by_map(read_map(label_map))
    return by_code if column.casefold() == MCC else by_name


def by_map(label_map: Mapping[str, Truth]) -> Labels:
    """Labels by a map.

    >>> sorted(by_map({"Petrol": frozenset({"fuel"})})("Petrol", "SHELL 12"))
    ['fuel']
    """
    return lambda label, _description: label_map.get(label, _NONE)


def by_name(label: str, _description: str) -> Truth:
    """Labels that are names of the taxonomy."""
    return _SINGLE.get(label, _NONE)


def by_code(label: str, description: str) -> Truth:
    """Labels that are merchant category codes, with the codes known to mislead (`models.voters.mcc`)."""
    category = code_category(label, description)
    return _SINGLE[category] if category else _NONE


def read_map(path: Path) -> dict[str, Truth]:
    """A label map.

    Raises:
        FileError: It cannot be read, lacks a column, or names a category that the taxonomy does not have.
    """
    found: dict[str, set[str]] = defaultdict(set)
    records = read_rows(path)
    header = next(records, None)
    names = [] if header is None or isinstance(header, Refusal) else header_names(header)
    if not set(_COLUMNS) <= set(names):
        raise FileError(f"{path} is no label map: its header must name label and category")
    places = [names.index(column) for column in _COLUMNS]
    for record in records:
        if isinstance(record, Refusal) or misfit(record, len(names)):
            raise FileError(f"{path}, line {record.line}: not as many cells as the header, or quotes that do not close")
        label, category = (record.cells[place].strip() for place in places)
        if category not in _SINGLE:
            raise FileError(f"{path}, line {record.line}: {category!r} is not a category of the taxonomy")
        found[label].add(category)
    return {label: frozenset(categories) for label, categories in found.items()}
