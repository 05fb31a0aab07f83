"""What a reviewer is shown of a request. Of one that is asked without suggestions nothing tells what was decided."""

from datetime import UTC, datetime

from models.contracts.events import ReviewRequest
from streams.console.desk.contract import Aid, Like, Task
from streams.review_queue.state.item import Item


def task_of(item: Item, *, similar: int) -> Task:
    """A request as a task.

    Args:
        similar: Other open requests like it.
    """
    request = item.event()
    return Task(
        request_id=item.request_id,
        description=request.description,
        amount=request.amount,
        currency=request.currency,
        timestamp=request.timestamp,
        mcc=request.mcc,
        counterparty=request.counterparty,
        channel=request.channel,
        merchant=request.merchant,
        via=request.via,
        opened=_time(item.opened_ms),
        claimed_until=_time(item.claimed_ms) if item.claimed_by else None,
        similar=similar,
        aid=None if item.unaided else _aid(request),
    )


def _aid(request: ReviewRequest) -> Aid:
    return Aid(
        category=request.category,
        confidence=request.confidence,
        votes=request.votes,
        alternatives=request.alternatives,
        reasons=tuple(reason.value for reason in request.reasons),
        note=request.review_note,
    )


def like_of(item: Item, *, asked: Item, now_ms: int) -> Like:
    """A request in the preview of those like the one that is asked."""
    request = item.event()
    return Like(
        request_id=item.request_id,
        description=request.description,
        amount=request.amount,
        currency=request.currency,
        timestamp=request.timestamp,
        # Whoever has the one that is asked may have those like it, too.
        taken=item.holder(now_ms) not in ("", asked.holder(now_ms)),
    )


def _time(at_ms: int) -> datetime:
    return datetime.fromtimestamp(at_ms / 1000, UTC)
