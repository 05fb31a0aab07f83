"""The work on one batch of corrections, without Kafka: read, recognise repeats, sum up for the monitors.

A correction gives no record of its own here: it stays in its topic, where the learner reads it too. The learner also
writes the dead letter of one that is refused; here it is counted.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b

from models.contracts.corrections import Correction
from models.contracts.wire import parse
from models.decisions.ensemble import CLOCK_TOLERANCE
from models.errors import ContractError
from monitors.counts.cells import Exclusion
from monitors.counts.summarise import Said, observe_corrections
from streams.clock import Clock
from streams.lanes.duplicate_window import DuplicateWindow
from streams.messages.observations import encode_observation, span_of
from streams.messages.records import Output, Received


@dataclass(slots=True)
class CorrectionsResult:
    """All that a batch of corrections becomes.

    Args:
        written: The summary of the batch.
        refused: Corrections that break the contract, or whose id was there with another body, by reason.
        duplicates: Repeats with the same body.
    """

    written: list[Output] = field(default_factory=list)
    seen: dict[str, bytes] = field(default_factory=dict)
    refused: Counter[str] = field(default_factory=Counter)
    duplicates: int = 0
    records: int = 0

    def settled(self, window: DuplicateWindow, *, at: datetime) -> None:
        """Remember the ids of a batch that was committed."""
        window.add(self.seen, at=at)


class CorrectionsHandler:
    """Turns a batch of corrections into its summary. No input makes it raise.

    Args:
        clock: The time of day, timezone-aware.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def __call__(self, records: Sequence[Received], window: DuplicateWindow) -> CorrectionsResult:
        """Handle one batch of one partition; `window` is read, not changed."""
        result = CorrectionsResult(records=len(records))
        horizon = self._clock() + CLOCK_TOLERANCE  # the same tolerance as for transactions
        said = [self._said(record, window, result, horizon) for record in records]
        # Also where nothing was taken: the summary says how far the source has been read.
        result.written.append(encode_observation(observe_corrections(said, records=span_of(records))))
        return result

    def _said(self, record: Received, window: DuplicateWindow, result: CorrectionsResult, horizon: datetime) -> Said:
        try:
            correction = read_new(record, result.seen, window)
        except ContractError as error:
            result.refused[error.reason] += 1
            return Exclusion.DEAD_LETTER
        if correction is None:
            result.duplicates += 1
            return Exclusion.DUPLICATE
        return Exclusion.AHEAD if correction.timestamp > horizon else correction


def read_new(record: Received, seen: dict[str, bytes], window: DuplicateWindow) -> Correction | None:
    """Read a correction that was not there before.

    Args:
        seen: Correction id to digest of those of this batch, whose ids the window learns when it is committed; told it.

    Returns:
        None for one that was there, with the same body.

    Raises:
        ContractError: It breaks the contract, or its id was there with another body. Its id may come again, put right.
    """
    correction, _ = parse(Correction, record.value or b"")
    known = seen.get(correction.correction_id) or window.digest(correction.correction_id)
    contents = digest(correction)
    if known == contents:
        return None
    if known is not None:
        raise ContractError("conflicting_duplicate", "correction_id")
    seen[correction.correction_id] = contents
    return correction


def digest(correction: Correction) -> bytes:
    """Digest (16 hex digits) of a correction as the contract sees it."""
    # Short, because it is only compared with the digest under the same id.
    return blake2b(correction.model_dump_json().encode(), digest_size=8).hexdigest().encode()
