"""A file in, a file out, no broker: the same contract, the same ensemble and the same events as the stream.

Memory is bounded by the batch, apart from two hashes per row that recognise repeats. What is written appears under its
name only when it is whole.
"""

import json
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from models.decisions.ensemble import Ensemble
from models.decisions.isolation import decide_each
from models.decisions.verdict import Decided
from models.errors import ContractError, FileError
from monitors.counts.tally import Tally
from streams.files.transactions import Refusal, Row, TransactionFile, without_repeats

BATCH = 1000
"""Rows decided on at once."""

REJECTED_SUFFIX = ".rejected.jsonl"


@dataclass(slots=True)
class FileResult:
    """What became of a file: `rows` = `tally.total` + all of `refused`.

    Args:
        rows: Rows read, empty lines and the header not counted.
        tally: Decisions by category and outcome.
        refused: Reason to number of rows.
        dropped_fields: Fields beyond the contract, over all accepted rows.
    """

    rows: int = 0
    tally: Tally = field(default_factory=Tally)
    refused: Counter[str] = field(default_factory=Counter)
    dropped_fields: int = 0


def rejected_path(target: Path) -> Path:
    """Where the refused rows of a run go: beside its output."""
    return target.with_name(target.name + REJECTED_SUFFIX)


def categorize_file(
    source: TransactionFile,
    target: Path,
    ensemble: Ensemble,
    *,
    clock: Callable[[], datetime],
    on_progress: Callable[[int], None] = lambda _rows: None,
) -> FileResult:
    """Decide on every row of a file.

    Args:
        source: The open input.
        target: Gets one JSON line per accepted row, in order. Refused rows go to `rejected_path(target)`, one JSON line
            each with line, field and reason; without a refusal there is no such file, also none of an earlier run.
        ensemble: Decides.
        clock: The time of day, timezone-aware.
        on_progress: Told how many more rows are done.

    Returns:
        The counts.

    Raises:
        FileError: The input cannot be read to its end, or an output cannot be written; earlier outputs are then as they
            were.
    """
    check_paths(source.path, target)
    result = FileResult()
    with _Writer(target) as accepted, _Writer(rejected_path(target)) as rejected:
        rows = iter(without_repeats(source))
        while batch := list(islice(rows, BATCH)):
            outcomes = _decide(batch, ensemble, clock())
            decisions = [each for each in outcomes if not isinstance(each, Refusal)]
            refusals = [each for each in outcomes if isinstance(each, Refusal)]
            accepted.write(decision.dumped() for decision in decisions)
            rejected.write(_refusal_line(refusal) for refusal in refusals)
            result.rows += len(batch)
            result.tally = result.tally.merge(Tally.of(decisions))
            result.refused.update(refusal.reason for refusal in refusals)
            result.dropped_fields += sum(row.dropped for row in batch if isinstance(row, Row))
            on_progress(len(batch))
        accepted.publish()
        rejected.publish(wanted=bool(result.refused))
    return result


def _decide(batch: Sequence[Row | Refusal], ensemble: Ensemble, now: datetime) -> list[Decided | Refusal]:
    """The outcome of each row of a batch, in order."""
    rows = [row.transaction for row in batch if isinstance(row, Row)]
    decided = iter(decide_each(ensemble, rows, now=now))
    outcomes: list[Decided | Refusal] = []
    for row in batch:
        outcome = row if isinstance(row, Refusal) else next(decided)
        outcomes.append(Refusal(row.line, outcome.reason, None) if isinstance(outcome, ContractError) else outcome)
    return outcomes


def check_paths(source: Path, target: Path) -> None:
    """Refuse an output that would overwrite the input, or that is no plain file.

    Raises:
        FileError: One of these.
    """
    for path in (target, rejected_path(target)):
        if path.exists() and not path.is_file():
            raise FileError(f"{path} is no plain file: name one that can be replaced")
        if path.exists() and path.samefile(source):
            raise FileError(f"{path} is the input as well: name another output")
    if not target.parent.is_dir():
        raise FileError(f"{target} cannot be written: there is no folder {target.parent}")


def _refusal_line(refusal: Refusal) -> bytes:
    return json.dumps({"line": refusal.line, "field": refusal.field, "reason": refusal.reason}).encode()


class _Writer:
    """Writes lines to a new file beside `target`, which takes the target's name when it is published."""

    def __init__(self, target: Path) -> None:
        self._target = target.resolve()  # a link stays a link: what it points to is replaced
        self._partial = self._target.with_name(f".{self._target.name}.{os.getpid()}.partial")
        self._file: BinaryIO | None = None

    def __enter__(self) -> "_Writer":
        with self._errors():
            self._file = self._partial.open("wb")
        return self

    def write(self, lines: Iterable[bytes]) -> None:
        """Append lines, each without its end."""
        assert self._file is not None
        with self._errors():
            self._file.writelines(line + b"\n" for line in lines)

    def publish(self, *, wanted: bool = True) -> None:
        """Make the file durable under its name; where it is not wanted, see that there is none under that name."""
        assert self._file is not None
        with self._errors():
            self._file.flush()
            os.fsync(self._file.fileno())
            if wanted:
                self._partial.replace(self._target)
            else:
                self._target.unlink(missing_ok=True)

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            with suppress(OSError):
                self._file.close()
        self._partial.unlink(missing_ok=True)

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise FileError(f"{self._target} cannot be written: {error.strerror}") from None
