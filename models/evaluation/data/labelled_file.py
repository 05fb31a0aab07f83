"""Labelled transactions from a CSV: every row is scored, or counted under the reason why it is not."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from random import Random
from typing import Final

from models.contracts import wire
from models.contracts.csv_rows import CsvRow, Refusal, header_names, lacking, misfit, read_rows, repeated, without_rows
from models.contracts.events import Transaction
from models.errors import ContractError, FileError
from models.evaluation.data.labels import Labels, Truth

REQUIRED: Final = ("description", "amount", "currency")
"""Columns that the header must name, beside a date or a timestamp and the label column."""

SOURCE: Final = "source"
"""Column that says where a row comes from; may be missing."""

_NOON = "T12:00:00Z"
_TIMES = ("timestamp", "date")


@dataclass(frozen=True, slots=True)
class LabelledRow:
    """A transaction with its truth.

    Args:
        line: Physical line of the file, from 1; the transaction's id is made of it.
        truth: Categories that are right, at least one.
        source: Where it comes from; empty where the file does not say.
        groups: Cells of the columns that an auditor named, in their order. No part of the transaction: nothing that
            decides sees them.
    """

    line: int
    transaction: Transaction
    truth: Truth
    source: str = ""
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RowSelection:
    """The rows that are scored.

    Args:
        since: First day; None for no bound.
        until: Last day, inclusive; None for no bound.
        with_mcc: Whether the ensemble sees the merchant category code.
        limit: Only the first so many labelled rows; None for all.
        sample: A random sample of so many of them, each as likely as any other; None for all.
    """

    since: date | None = None
    until: date | None = None
    with_mcc: bool = False
    limit: int | None = None
    sample: int | None = None
    seed: int = 0


@dataclass(slots=True)
class Counts:
    """Counts of the rows that were read: rows = labelled + outside + unlabelled + all of unknown + refused.

    Args:
        rows: Rows read, the header not counted.
        outside: Rows before the first day or after the last.
        unlabelled: Rows whose label is empty.
        unknown: Label that has no category to number of rows.
    """

    rows: int = 0
    labelled: int = 0
    outside: int = 0
    unlabelled: int = 0
    unknown: Counter[str] = field(default_factory=Counter)
    refused: list[Refusal] = field(default_factory=list)

    def refuse(self, row: LabelledRow, reason: str) -> None:
        """Count a labelled row as refused after all, such as one that a voter trips over."""
        self.labelled -= 1
        self.refused.append(Refusal(row.line, reason))


class LabelledFile:
    """A CSV of labelled transactions; after it was read, `counts` says what became of its rows.

    Args:
        column: Name of the label column, in any case.
        labels: How its cells are read, from `models.evaluation.data.labels.labels_for`.
        groups: Columns whose cells go along with each row, in any case.

    Raises:
        FileError: It cannot be read, or its header lacks a column.
        EmptyFileError: It has no header either.
    """

    def __init__(
        self,
        path: Path,
        column: str,
        labels: Labels,
        selection: RowSelection | None = None,
        *,
        groups: Sequence[str] = (),
    ) -> None:
        self.counts = Counts()
        self._path, self._labels, self._selection = path, labels, selection or RowSelection()
        self._records = read_rows(path)
        self._columns = _Columns.of(path, next(self._records, None), column, groups)

    def __iter__(self) -> Iterator[LabelledRow]:
        """The selected rows, in the order of the file.

        Raises:
            FileError: The file cannot be read to its end.
            EmptyFileError: It has a header and no rows.
        """
        chosen = self._selection
        if chosen.sample is None:
            yield from self._labelled()
        else:
            yield from sample(self._labelled(), chosen.sample, seed=chosen.seed)
        if not self.counts.rows:
            raise without_rows(self._path)

    def _labelled(self) -> Iterator[LabelledRow]:
        counts, limit = self.counts, self._selection.limit
        for record in self._records:
            counts.rows += 1
            row = self._row(record)
            if isinstance(row, Refusal):
                counts.refused.append(row)
            elif row is not None:
                counts.labelled += 1
                yield row
                if counts.labelled == limit:
                    return

    def _row(self, record: CsvRow | Refusal) -> LabelledRow | Refusal | None:
        if isinstance(record, Refusal):
            return record
        columns = self._columns
        if reason := misfit(record, columns.width):
            return Refusal(record.line, reason.value)
        try:
            transaction = columns.transaction(record, with_mcc=self._selection.with_mcc)
        except ContractError as error:
            return Refusal(record.line, error.reason, error.field)
        if not self._inside(transaction.timestamp.date()):
            self.counts.outside += 1
            return None
        label = record.cells[columns.label].strip()
        truth = self._labels(label, transaction.description) if label else frozenset()
        if not truth:
            self._count_unknown(label)
            return None
        source = record.cells[columns.source].strip() if columns.source is not None else ""
        groups = tuple(record.cells[place].strip() for place in columns.groups)
        return LabelledRow(record.line, transaction, truth, source, groups)

    def _inside(self, day: date) -> bool:
        since, until = self._selection.since, self._selection.until
        return (since is None or day >= since) and (until is None or day <= until)

    def _count_unknown(self, label: str) -> None:
        if label:
            self.counts.unknown[label] += 1
        else:
            self.counts.unlabelled += 1


def sample(rows: Iterator[LabelledRow], size: int, *, seed: int) -> Sequence[LabelledRow]:
    """A random sample without replacement, in the order of the rows, in memory of its own size (Vitter's R, 1985).

    Args:
        size: Rows to take; all where there are fewer.
        seed: The same seed and rows give the same sample.
    """
    random = Random(seed)
    kept: list[LabelledRow] = []
    for number, row in enumerate(rows):
        if number < size:
            kept.append(row)
        elif (place := random.randrange(number + 1)) < size:
            kept[place] = row
    return sorted(kept, key=lambda row: row.line)


@dataclass(frozen=True, slots=True)
class _Columns:
    """Places of the needed columns in the header."""

    width: int
    places: dict[str, int]
    time: str
    label: int
    mcc: int | None
    source: int | None
    groups: tuple[int, ...] = ()

    @classmethod
    def of(cls, path: Path, header: CsvRow | Refusal | None, column: str, groups: Sequence[str]) -> "_Columns":
        if header is None:
            raise without_rows(path)
        label = column.casefold()
        if label == "description":
            raise FileError("the label column cannot be the description itself: name another one")
        try:
            names = header_names(header)
            wanted = [name.casefold() for name in groups]
            time = cls._time(header, names, label, wanted)
        except FileError as error:
            raise FileError(f"{path}: {error}") from None
        at = {name: place for place, name in enumerate(names)}
        places = {name: at[name] for name in REQUIRED}
        grouped = tuple(at[name] for name in wanted)
        return cls(len(names), places | {time: at[time]}, time, at[label], at.get("mcc"), at.get(SOURCE), grouped)

    @staticmethod
    def _time(header: CsvRow | Refusal, names: list[str], label: str, groups: Sequence[str]) -> str:
        """The column of the time, in a header that has all the others too.

        Raises:
            FileError: The header lacks a column or names one twice.
        """
        # Only names of ours: in a file without a header the others are a transaction's text.
        ours = {*REQUIRED, *_TIMES, label, "mcc", SOURCE, *groups}
        if twice := repeated([name for name in names if name in ours]):
            raise twice
        missing = [name for name in (*REQUIRED, label, *groups) if name not in names]
        time = next((name for name in _TIMES if name in names), None)
        if missing or time is None:
            raise lacking(header, missing if time else [*missing, "timestamp (or date)"])
        return time

    def transaction(self, record: CsvRow, *, with_mcc: bool) -> Transaction:
        """The transaction of a record; a date without a time stands for noon UTC.

        Raises:
            ContractError: The record breaks the contract.
        """
        cells = {name: record.cells[place].strip() for name, place in self.places.items()}
        time = cells.pop(self.time)
        members = cells | {"timestamp": time + _NOON if len(time) == len("2020-11-01") else time}
        if with_mcc and self.mcc is not None and (code := record.cells[self.mcc].strip()):
            members["mcc"] = code
        identity = {"transaction_id": f"line-{record.line}", "account_id": "evaluation"}
        raw = json.dumps(identity | members, ensure_ascii=False).encode(errors="surrogatepass")
        return wire.parse(Transaction, raw)[0]
