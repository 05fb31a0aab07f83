"""The work on one batch of corrections, without Kafka: read, recognise repeats, put into the learner's journal.

What breaks the contract and what contradicts itself becomes a dead letter by the monitor, which reads the same topic
(`streams/corrections`): here it is counted and left.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from models.contracts.corrections import Correction
from models.contracts.wire import parse
from models.errors import ContractError
from streams.clock import Clock
from streams.corrections.handler import digest
from streams.lanes.duplicate_window import DuplicateWindow
from streams.messages.cloudevents import dead_letter
from streams.messages.learning import correction_entry, for_account
from streams.messages.records import Output, Received

STAGE = "learn"
"""Where a correction was refused, as dead letters and metrics name it."""


@dataclass(slots=True)
class SequencedResult:
    """All that a batch of corrections becomes.

    Args:
        written: Entries of the journal, and dead letters.
        seen: Correction id to digest of what was taken.
        duplicates: Repeats with the same body.
        left: Corrections that the monitor refuses.
    """

    written: list[Output] = field(default_factory=list)
    seen: dict[str, bytes] = field(default_factory=dict)
    dead_letters: Counter[tuple[str, str]] = field(default_factory=Counter)
    duplicates: int = 0
    left: int = 0

    def settled(self, window: DuplicateWindow, *, at: datetime) -> None:
        """Remember the ids of a batch that was committed."""
        window.add(self.seen, at=at)


class SequencingHandler:
    """Turns a batch of corrections into entries of the journal. No input makes it raise.

    Args:
        source: CloudEvents source of the entries.
        clock: The time of day, timezone-aware.
        secret: Key of the accounts' tokens.
    """

    def __init__(self, *, source: str, clock: Clock, secret: bytes = b"") -> None:
        self._source = source
        self._clock = clock
        self._secret = secret

    def __call__(self, records: Sequence[Received], window: DuplicateWindow) -> SequencedResult:
        """Handle one batch of one partition; `window` is read, not changed."""
        result, now = SequencedResult(), self._clock()
        for record in records:
            self._take(record, window, result, now)
        return result

    def _take(self, record: Received, window: DuplicateWindow, result: SequencedResult, now: datetime) -> None:
        try:
            correction, _ = parse(Correction, record.value or b"")
        except ContractError:
            result.left += 1
            return
        # This batch first: the window learns its ids only when it is committed.
        known = result.seen.get(correction.correction_id) or window.digest(correction.correction_id)
        contents = digest(correction)
        if known is not None:
            result.duplicates += known == contents
            result.left += known != contents
            return
        result.seen[correction.correction_id] = contents
        if for_account(correction) and correction.account_id is None:
            # Nothing could be learned from it, and nobody could have its line deleted.
            error = ContractError("missing", "account_id")
            result.written.append(dead_letter(record, error, STAGE))
            result.dead_letters[STAGE, error.reason] += 1
            return
        result.written.append(correction_entry(correction, record, source=self._source, now=now, secret=self._secret))
