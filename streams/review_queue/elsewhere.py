"""The lanes that look among corrections for answers of case tools; without Kafka and clock.

A reviewer who answers a request in another program says so by a correction on `transactions.corrections`. It is learned
from as it is; here it ends the review.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from models.contracts.corrections import Correction, Scope, Standing
from models.contracts.wire import parse
from models.errors import ContractError
from streams.messages.cloudevents import event_id
from streams.messages.headers import REVIEWED_HEADER
from streams.messages.records import Output, Received
from streams.review_queue.copying import Copied
from streams.review_queue.entries import Ask, Entry, entry_record
from streams.review_queue.state.item import request_id


@dataclass(slots=True)
class ToldResult:
    """All that a batch of corrections becomes."""

    written: list[Output] = field(default_factory=list)


class ElsewhereHandler:
    """Turns corrections of reviewers into entries of the journal. No input makes it raise.

    What breaks the contract becomes a dead letter by the learner, which owns the topic.

    Args:
        source: CloudEvents source of the entries.
    """

    def __init__(self, source: str) -> None:
        self._source = source

    def __call__(self, records: Sequence[Received], _state: Copied) -> ToldResult:
        """Handle one batch of one partition."""
        result = ToldResult()
        for record in records:
            # The queue's own: one that was taken back meanwhile must not answer its request again.
            if REVIEWED_HEADER in record.headers:
                continue
            try:
                correction, _ = parse(Correction, record.value or b"")
            except ContractError:
                continue
            if ends_review(correction):
                result.written.append(entry_record(entry_of(correction), source=self._source))
        return result


def ends_review(correction: Correction) -> bool:
    """Whether a correction is a reviewer's answer: what a customer wishes for their own books is none."""
    return correction.scope is Scope.EVERYONE and correction.standing is not Standing.CUSTOMER


def entry_of(correction: Correction) -> Entry:
    """The entry of the journal; its id follows from the correction's, so that one that comes twice is done once."""
    blind = correction.answers is not None and correction.answers.blind
    return Entry(
        entry_id=event_id(Entry.ce_type, correction.correction_id),
        ask=Ask.TOLD,
        request_ids=(request_id(correction.transaction_id, blind=blind),),
        category=correction.category,
        reviewer=correction.actor,
        reason=correction.reason,
        at=correction.timestamp,
    )
