"""What goes out: the final decision for the ledger, the correction for learner and monitors, what is taken back."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from models.contracts.corrections import About, Correction, Scope, Standing
from models.contracts.events import Agreement, Alternative, Categorized, ReviewRequest, of_checked
from models.contracts.instructions import Action, Instruction
from models.contracts.wire import dump
from models.decisions.policy import confidence_band
from streams.messages.cloudevents import attributes, ce_source, ce_time, ce_type, event_id
from streams.messages.headers import REVIEWED_HEADER
from streams.messages.records import Header, Output
from streams.messages.roles import Role
from streams.review_queue.state.item import Given, Item, answered

CERTAIN = 1.0
"""Confidence of a person's decision: their word stands. How often people err is not known of one answer."""

PartitionOf = Callable[[bytes], int]
"""The partition of `transactions.corrections` for a key, as every producer finds it."""


@dataclass(frozen=True, slots=True)
class Outputs:
    """Makes the records that leave the queue.

    Args:
        source: CloudEvents source, such as `/evenhand/evenhand`.
    """

    source: str
    partition_of: PartitionOf

    def decision(self, item: Item, given: Given | None, now: datetime) -> Output:
        """The transaction's record for the ledger: as a person decided, or the ensemble where nobody answered."""
        request = item.event()
        event = left_alone(request) if given is None else decided_by(request, given)
        identity = event_id(Categorized.ce_type, event.transaction_id)
        headers = self._headers(Categorized.ce_type, identity, now, subject=event.transaction_id)
        headers += [REVIEWED_HEADER, *item.incoming()]
        return Output(Role.CATEGORIZED, event.account_id.encode(), dump(event), headers, item.partition)

    def correction(self, item: Item, given: Given) -> Output:
        """What a person said, for the learner and the monitors."""
        event = correction_of(item.event(), given, given.correction_id(item.request_id))
        key = event.transaction_id.encode()
        headers = [*self._headers(Correction.ce_type, event.correction_id, event.timestamp), REVIEWED_HEADER]
        return Output(Role.CORRECTIONS, key, dump(event), headers, self.partition_of(key))

    def forget(self, item: Item, given: Given, now: datetime) -> Output:
        """The learner's instruction to unlearn an answer that was taken back."""
        correction_id = given.correction_id(item.request_id)
        event = Instruction(
            instruction_id=event_id(Instruction.ce_type, f"undo:{correction_id}"),
            action=Action.FORGET_CORRECTION,
            target=correction_id,
            actor=given.reviewer,
            standing=Standing.REVIEWER,
            reason="taken back",
            timestamp=now,
        )
        headers = self._headers(Instruction.ce_type, event.instruction_id, now)
        return Output(Role.LEARNING_JOURNAL, event.instruction_id.encode(), dump(event), headers)

    def _headers(self, kind: str, identity: str, at: datetime, *, subject: str | None = None) -> list[Header]:
        return attributes(ce_type(kind), ce_source(self.source), identity, ce_time(at), subject=subject)


def decided_by(request: ReviewRequest, given: Given) -> Categorized:
    """The decision of a person. Votes and reasons stay as they were: they say why somebody was asked."""
    other = [Alternative(category=request.category, confidence=request.confidence), *request.alternatives]
    agreeing = sum(vote.category == given.category for vote in request.votes)
    return _categorized(
        request,
        category=given.category,
        confidence=CERTAIN,
        band=confidence_band(CERTAIN),
        requires_review=False,
        uncertainty=0.0,
        agreement=Agreement(agreeing=agreeing, voting=len(request.votes)),
        alternatives=tuple(one for one in other if one.category != given.category),
        decided_by="human",
        answered_by=given.reviewer,
    )


def left_alone(request: ReviewRequest) -> Categorized:
    """The decision of the ensemble on what nobody has answered: still marked for review."""
    return _categorized(request, requires_review=True)


def _categorized(request: ReviewRequest, **said: object) -> Categorized:
    # In the contract's order, which is the order of what is written.
    values = {name: said.get(name, getattr(request, name)) for name in Categorized.model_fields}
    return of_checked(Categorized, values)


def correction_of(request: ReviewRequest, given: Given, correction_id: str) -> Correction:
    """The correction that an answer is."""
    return Correction(
        correction_id=correction_id,
        transaction_id=request.transaction_id,
        category=given.category,
        actor=given.reviewer,
        reason=given.reason,
        timestamp=datetime.fromtimestamp(given.at_ms / 1000, UTC),
        answers=answered(request),
        about=About(
            description=request.description,
            amount=request.amount,
            currency=request.currency,
            mcc=request.mcc,
            counterparty=request.counterparty,
            channel=request.channel,
        ),
        scope=Scope.EVERYONE,
        account_id=request.account_id,
        standing=Standing.REVIEWER,
    )
