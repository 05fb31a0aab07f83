"""An observation: the summary of one batch, as it travels on `fairness.observations`.

It holds counts only: no id, no text, no amount. The order of a batch survives in its `runs`, so that what is late can
be told whatever the batches were cut like.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from typing import Any

import msgspec

from models.errors import ContractError
from monitors.counts.cells import LAYOUT, SIZE

BUCKET_SECONDS = 300
"""Length of a bucket of event time, in seconds. Windows consist of whole buckets."""

NOWHERE = -(1 << 30)
"""In place of a bucket: what came before the first record of the batch that has one. No year has a bucket so early."""

BUCKETS = range(-207_116_640, 844_672_320)
"""The years 1 to 9999 without a week at either end, since windows begin and end within the calendar."""

LARGEST_COUNT = 1 << 60
"""A larger sum in one batch was not counted but made up."""

FORMAT = 1

Sparse = Mapping[int, int]
"""Cell of `monitors.counts.cells` to its count."""


_json = json.JSONEncoder(separators=(",", ":")).encode


def _numbers(numbers: list[int]) -> str:
    # Most of a summary, which the standard library's encoder is slow to begin: the same bytes from msgspec.
    return msgspec.json.encode(numbers).decode()


def bucket_of(moment: datetime) -> int:
    """The bucket of event time that a moment falls into: whole `BUCKET_SECONDS` since 1970.

    Args:
        moment: Timezone-aware.
    """
    return int(moment.timestamp() // BUCKET_SECONDS)


@dataclass(frozen=True, slots=True)
class Observation:
    """Summary of one batch of one source.

    Args:
        source: Input topic and partition, such as `transactions:3`.
        first: Offset of the batch's first record.
        next_offset: Offset after its last record.
        model_version: Of the model that decided; empty where nothing was decided.
        cells: Bucket to counts. What has no event time of its own counts in the bucket of the record before it, which
            is `NOWHERE` at the start of a batch.
        runs: (bucket, records) in the order of the input, for records with an event time.
        answered: Version of the model that had decided to corrections (that changed, that confirmed).
    """

    source: str
    first: int
    next_offset: int
    model_version: str = ""
    cells: Mapping[int, Sparse] = field(default_factory=dict)
    runs: Sequence[tuple[int, int]] = ()
    answered: Mapping[str, tuple[int, int]] = field(default_factory=dict)

    def encode(self) -> bytes:
        """As JSON; equal observations give equal bytes."""
        # Sorted, so that a batch that is read again gives the same bytes.
        cells = ",".join([f'"{bucket}":{written(counts)}' for bucket, counts in sorted(self.cells.items())])
        answered = {version: list(counts) for version, counts in sorted(self.answered.items())}
        return (
            f'{{"format":{FORMAT},"layout":{_json(LAYOUT)},"source":{_json(self.source)},"first":{self.first},'
            f'"next":{self.next_offset},"model_version":{_json(self.model_version)},"cells":{{{cells}}},'
            f'"runs":{_numbers([*chain.from_iterable(self.runs)])},"answered":{_json(answered)}}}'
        ).encode()


def decode(raw: bytes) -> Observation:
    """Read what `Observation.encode` wrote.

    Raises:
        ContractError: It is no observation, or one of another format or layout: the worker that wrote it is of another
            release than the monitor that reads it.
    """
    try:
        message: dict[str, Any] = json.loads(raw)
        # Refused and not converted: counts of other tables cannot be told apart afterwards.
        if message["format"] != FORMAT or message["layout"] != LAYOUT:
            raise ContractError("unsupported_schema_version", "layout")
        return Observation(
            source=_text(message["source"]),
            first=read_count(message["first"]),
            next_offset=read_count(message["next"]),
            model_version=_text(message["model_version"]),
            cells={read_bucket(int(bucket)): unflat(cells) for bucket, cells in message["cells"].items()},
            runs=tuple((read_bucket(bucket), read_count(records)) for bucket, records in _pairs(message["runs"])),
            answered={
                _text(version): (read_count(changed), read_count(confirmed))
                for version, (changed, confirmed) in message["answered"].items()
            },
        )
    # Whatever is wrong with it, one summary becomes a dead letter, and the monitor goes on.
    except (KeyError, ValueError, TypeError, AttributeError, RecursionError):
        raise ContractError("invalid_observation") from None


def flat(cells: Sparse) -> list[int]:
    """Sparse counts as a list: cell, count, cell, count, in the order of the cells."""
    return [number for cell in sorted(cells.items()) for number in cell]


class SharedCells(dict[int, int]):
    """Counts that many buckets share, not to be changed; their JSON is written once.

    Most buckets of a batch that spans years hold one decision, and there are few kinds of decisions.
    """

    __slots__ = ("written",)

    def __init__(self, cells: Sparse) -> None:
        super().__init__(cells)
        self.written = _numbers(flat(cells))


def written(cells: Sparse) -> str:
    """`flat` as JSON."""
    return cells.written if isinstance(cells, SharedCells) else _numbers(flat(cells))


def unflat(numbers: Sequence[int]) -> dict[int, int]:
    """Undo `flat`.

    Raises:
        ValueError: A number is no count, or no cell.
    """
    cells = {read_count(cell): read_count(count) for cell, count in _pairs(numbers)}
    if any(cell >= SIZE for cell in cells):
        raise ValueError("no such cell")
    return cells


def _pairs(numbers: Sequence[int]) -> list[tuple[int, int]]:
    return list(zip(numbers[::2], numbers[1::2], strict=True))


def read_count(number: object) -> int:
    """A count, or an offset, as JSON has it.

    Raises:
        ValueError: It is none: negative, no whole number, or beyond `LARGEST_COUNT`.
    """
    # `type`, not `isinstance`: JSON's true is an int to Python.
    if type(number) is not int or not 0 <= number <= LARGEST_COUNT:
        raise ValueError("no count")
    return number


def read_bucket(number: object) -> int:
    """A bucket, or `NOWHERE`, as JSON has it.

    Raises:
        ValueError: It is none.
    """
    if type(number) is not int or not (number == NOWHERE or number in BUCKETS):
        raise ValueError("no bucket")
    return number


def _text(text: object) -> str:
    if not isinstance(text, str):
        raise TypeError("no text")
    text.encode()  # raises for a lone surrogate, which JSON can spell and UTF-8 cannot
    return text
