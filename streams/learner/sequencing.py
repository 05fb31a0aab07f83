"""The work on one batch of corrections, without Kafka: read, recognise repeats, put into the learner's journal.

The learner owns the topic: what is refused becomes a dead letter here, and by none of those who read it, too (the
monitor, the queue of reviews).
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from models.contracts.corrections import Standing
from models.errors import ContractError
from streams.clock import Clock
from streams.corrections.handler import read_new
from streams.lanes.duplicate_window import DuplicateWindow
from streams.messages.cloudevents import dead_letter
from streams.messages.learning import correction_entry, for_account
from streams.messages.records import Output, Received

STAGE = "learn"
"""Where a valid correction was refused, as dead letters and metrics name it."""

READ_STAGE = "correct"
"""Where one was refused that is not valid, or contradicts another."""


@dataclass(slots=True)
class SequencedResult:
    """All that a batch of corrections becomes.

    Args:
        written: Entries of the journal, and dead letters.
        seen: Correction id to digest of what was taken.
        duplicates: Repeats with the same body.
    """

    written: list[Output] = field(default_factory=list)
    seen: dict[str, bytes] = field(default_factory=dict)
    dead_letters: Counter[tuple[str, str]] = field(default_factory=Counter)
    duplicates: int = 0

    @property
    def entries(self) -> int:
        """How many corrections were put into the journal."""
        return len(self.written) - self.dead_letters.total()

    def settled(self, window: DuplicateWindow, *, at: datetime) -> None:
        """Remember the ids of a batch that was committed."""
        window.add(self.seen, at=at)


class SequencingHandler:
    """Turns a batch of corrections into entries of the journal. No input makes it raise.

    Args:
        source: CloudEvents source of the entries.
        clock: The time of day, timezone-aware.
        secret: Key of the accounts' tokens.
        highest: Standing that is believed; who claims a higher one speaks as that.
    """

    def __init__(
        self, *, source: str, clock: Clock, secret: bytes = b"", highest: Standing = Standing.REVIEWER
    ) -> None:
        self._source = source
        self._clock = clock
        self._secret = secret
        self._highest = highest

    def __call__(self, records: Sequence[Received], window: DuplicateWindow) -> SequencedResult:
        """Handle one batch of one partition; `window` is read, not changed."""
        result, now = SequencedResult(), self._clock()
        for record in records:
            self._take(record, window, result, now)
        return result

    def _take(self, record: Received, window: DuplicateWindow, result: SequencedResult, now: datetime) -> None:
        stage = READ_STAGE
        try:
            correction = read_new(record, result.seen, window)
            if correction is None:
                result.duplicates += 1
                return
            stage = STAGE
            if for_account(correction) and correction.account_id is None:
                # Nothing could be learned from it, and nobody could have its line deleted.
                raise ContractError("missing", "account_id")
        except ContractError as error:
            result.written.append(dead_letter(record, error, stage))
            result.dead_letters[stage, error.reason] += 1
            return
        if correction.standing is Standing.APPROVER and self._highest is not Standing.APPROVER:
            correction = correction.model_copy(update={"standing": self._highest})
        result.written.append(correction_entry(correction, record, source=self._source, now=now, secret=self._secret))
