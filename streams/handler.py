"""What happens to one batch, without Faust and without I/O: decode, recognise repeats, categorize, encode."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from models.ensemble import Ensemble
from models.errors import ContractError
from models.events import Transaction
from monitors.tally import Tally
from streams.codec import Codec, dead_letter, digest
from streams.deciding import decide_each
from streams.duplicates import DuplicateWindow
from streams.records import Output, Received

Clock = Callable[[], datetime]


@dataclass(slots=True)
class BatchResult:
    """What one batch becomes.

    Args:
        outputs: Records to write, in input order per topic.
        seen: Transaction id to digest of every decision, for the duplicate window once the batch is committed.
        tally: Decisions by category and outcome.
        dead_letters: (stage, reason) to count.
        duplicates: Repeats with the same body, which give no output.
        conflicts: Repeats with another body, which are dead letters.
        unknown_fields: Fields that were dropped.
    """

    outputs: list[Output] = field(default_factory=list)
    seen: dict[str, bytes] = field(default_factory=dict)
    tally: Tally = field(default_factory=Tally)
    dead_letters: Counter[tuple[str, str]] = field(default_factory=Counter)
    duplicates: int = 0
    conflicts: int = 0
    unknown_fields: int = 0

    def refuse(self, record: Received, error: ContractError, stage: str) -> None:
        """Turn a record into a dead letter."""
        self.outputs.append(dead_letter(record, error, stage))
        self.dead_letters[stage, error.reason] += 1


class CategorizeHandler:
    """Turns a batch of received records into the records to write. It is total: no input makes it raise.

    Args:
        ensemble: Decides.
        codec: Reads and writes records.
        clock: The time of day, timezone-aware.
    """

    def __init__(self, ensemble: Ensemble, codec: Codec, clock: Clock) -> None:
        self._ensemble = ensemble
        self._codec = codec
        self._clock = clock

    def __call__(self, records: Sequence[Received], window: DuplicateWindow) -> BatchResult:
        """Handle the records of one batch of one partition; `window` is read, not changed."""
        result = BatchResult()
        accepted = self._accept(records, window, result)
        now = self._clock()
        stamp = self._codec.stamp(now)
        decided = decide_each(self._ensemble, [transaction for _, transaction in accepted], now=now)
        decisions = []
        for (record, transaction), decision in zip(accepted, decided, strict=True):
            if isinstance(decision, ContractError):
                del result.seen[transaction.transaction_id]
                result.refuse(record, decision, "categorize")
            else:
                decisions.append(decision)
                result.outputs.append(stamp.encode(decision, result.seen[transaction.transaction_id], record.headers))
        result.tally = Tally.of(decisions)
        return result

    def _accept(
        self, records: Sequence[Received], window: DuplicateWindow, result: BatchResult
    ) -> list[tuple[Received, Transaction]]:
        accepted = []
        for record in records:
            try:
                transaction, unknown = self._codec.decode(record)
            except ContractError as error:
                result.refuse(record, error, "decode")
                continue
            result.unknown_fields += unknown
            transaction_id = transaction.transaction_id
            fingerprint = digest(transaction)
            known = result.seen.get(transaction_id) or window.digest(transaction_id)
            if known is None:
                result.seen[transaction_id] = fingerprint
                accepted.append((record, transaction))
            elif known == fingerprint:
                result.duplicates += 1
            else:
                result.conflicts += 1
                result.refuse(record, ContractError("conflicting_duplicate", "transaction_id"), "deduplicate")
        return accepted
