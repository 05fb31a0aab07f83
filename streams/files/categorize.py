"""A file in, a file out, no broker: the same contract, the same ensemble and the same events as the stream.

Memory is bounded by the batch, apart from two hashes per row that recognise repeats. What is written appears under its
name only when it is whole.
"""

import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from itertools import islice
from pathlib import Path

from models.contracts.csv_rows import Refusal
from models.contracts.taxonomy_maps import Taxonomy, taxonomy_map
from models.decisions.ensemble import Ensemble
from models.decisions.isolation import decide_each
from models.decisions.verdict import Decided
from models.errors import ContractError, FileError
from monitors.counts.tally import Tally
from streams.files.transactions import Row, TransactionFile, without_repeats
from streams.local.atomic import Replacement, remove_file

BATCH = 1000
"""Rows decided on at once."""

REJECTED_SUFFIX = ".rejected.jsonl"


@dataclass(slots=True)
class FileResult:
    """Counts of a file that was categorized: `rows` = `tally.total` + all of `refused`.

    Args:
        rows: Rows read, empty lines and the header not counted.
        dropped_fields: Fields beyond the contract, over all accepted rows.
    """

    rows: int = 0
    tally: Tally = field(default_factory=Tally)
    refused: Counter[str] = field(default_factory=Counter)
    dropped_fields: int = 0


def rejected_path(target: Path) -> Path:
    """The file that gets the refused rows of a run, beside its output."""
    return target.with_name(target.name + REJECTED_SUFFIX)


def categorize_file(
    source: TransactionFile,
    target: Path,
    ensemble: Ensemble,
    *,
    clock: Callable[[], datetime],
    taxonomies: Sequence[Taxonomy] = (),
    on_progress: Callable[[int], None] = lambda _rows: None,
) -> FileResult:
    """Decide on every row of a file.

    Args:
        target: Gets one JSON line per accepted row, in order. Refused rows go to `rejected_path(target)`, one JSON line
            each with line, field and reason; without a refusal there is no such file, also none of an earlier run.
        taxonomies: Their codes are written beside the category, as the member `taxonomies` of each line.

    Returns:
        The counts.

    Raises:
        FileError: The input cannot be read to its end, or an output cannot be written; earlier outputs are then as they
            were.
    """
    check_paths(source.path, target)
    result = FileResult()
    named = tuple(dict.fromkeys(taxonomies))
    # Both at once: an error leaves neither half of a run.
    with Replacement(target) as accepted, Replacement(rejected_path(target)) as rejected:
        rows = iter(without_repeats(source))
        while batch := list(islice(rows, BATCH)):
            outcomes = _decide(batch, ensemble, clock())
            decisions = [each for each in outcomes if not isinstance(each, Refusal)]
            refusals = [each for each in outcomes if isinstance(each, Refusal)]
            accepted.write(b"".join(_decision_line(decision, named) for decision in decisions))
            rejected.write(b"".join(_refusal_line(refusal) for refusal in refusals))
            result.rows += len(batch)
            result.tally = result.tally.merge(Tally.of(decisions))
            result.refused.update(refusal.reason for refusal in refusals)
            result.dropped_fields += sum(row.dropped for row in batch if isinstance(row, Row))
            on_progress(len(batch))
        accepted.publish()
        if result.refused:
            rejected.publish()
        else:
            remove_file(rejected_path(target))
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


def _decision_line(decision: Decided, taxonomies: tuple[Taxonomy, ...]) -> bytes:
    dumped = decision.dumped()
    if taxonomies:
        codes = _foreign_codes(taxonomies, decision.category, money_in=decision.transaction.amount < 0)
        # Put in before the closing brace: the event itself stays byte for byte what the stream has.
        dumped = dumped[:-1] + codes + b"}"
    return dumped + b"\n"


@cache
def _foreign_codes(taxonomies: tuple[Taxonomy, ...], category: str, *, money_in: bool) -> bytes:
    codes = {each.value: taxonomy_map(each).foreign(category, money_in=money_in)._asdict() for each in taxonomies}
    return b',"taxonomies":' + json.dumps(codes, separators=(",", ":")).encode()


def check_paths(source: Path, target: Path) -> None:
    """Refuse an output that would overwrite the input, or that is no plain file.

    Raises:
        FileError: One of these.
    """
    for path in (target, rejected_path(target)):
        if path.exists() and not path.is_file():
            raise FileError(f"{path} is no plain file: name one that can be replaced")
        # Not the names: one of them may be a link.
        if path.exists() and path.samefile(source):
            raise FileError(f"{path} is the input as well: name another output")
    if not target.parent.is_dir():
        raise FileError(f"{target} cannot be written: there is no folder {target.parent}")


def _refusal_line(refusal: Refusal) -> bytes:
    return json.dumps({"line": refusal.line, "field": refusal.field, "reason": refusal.reason}).encode() + b"\n"
