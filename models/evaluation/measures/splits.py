"""Splits by merchant and by source, never by row: rows of one merchant are too alike.

The split by time is `models.evaluation.data.labelled_file.RowSelection`: rows from a day on, after the training.
"""

from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from models.contracts.csv_rows import Refusal, header_names, misfit, read_rows
from models.errors import FileError
from models.evaluation.judged import Judged
from models.evaluation.measures.headline import Scores, score
from models.learned.memory import memory_key
from models.statements.normalise import merchant_text

KNOWN, NEW = "in the training", "new"
"""The parts of the split by merchant."""


@dataclass(frozen=True, slots=True)
class Split:
    """One way to split, and the headline of each part.

    Args:
        by: What the parts differ in, in words.
        parts: Name of each part that occurs to its headline.
    """

    by: str
    parts: Mapping[str, Scores]


def split(by: str, judged: Iterable[Judged], part_of: Callable[[Judged], str]) -> Split:
    """Score parts apart.

    Args:
        part_of: Name of a decision's part; the empty name is left out.
    """
    held: dict[str, list[Judged]] = defaultdict(list)
    for each in judged:
        if name := part_of(each):
            held[name].append(each)
    return Split(by, {name: score(held[name]) for name in sorted(held)})


def by_merchant(judged: Iterable[Judged], known: Container[str]) -> Split:
    """Merchants that the training knows, and those that it does not.

    Args:
        known: Keys of merchants (`models.learned.memory.memory_key`), from a memory or from `keys_of`.
    """
    return split("merchant", judged, lambda each: KNOWN if each.merchant in known else NEW)


def by_source(judged: Sequence[Judged]) -> Split | None:
    """Each source alone; None where the file does not name two or more.

    For a model that was trained without a source, its part is the score of leave-one-source-out.
    """
    found = split("source", judged, lambda each: each.source)
    return found if len(found.parts) > 1 else None


def keys_of(path: Path) -> frozenset[str]:
    """Merchant keys of a training table.

    Args:
        path: CSV with a column description or key, gzipped or not.

    Raises:
        FileError: It cannot be read or has neither column.
    """
    records = read_rows(path)
    header = next(records, None)
    names = [] if header is None or isinstance(header, Refusal) else header_names(header)
    column = next((name for name in ("key", "description") if name in names), None)
    if column is None:
        raise FileError(f"{path} has no column description, nor key")
    place, as_is = names.index(column), column == "key"
    rows = (record.cells for record in records if not isinstance(record, Refusal) and not misfit(record, len(names)))
    return frozenset(cells[place] if as_is else memory_key(merchant_text(cells[place])) for cells in rows) - {""}
