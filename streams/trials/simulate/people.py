"""People who answer what comes to `transactions.review`: at once, and always with what is right."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from models.contracts.corrections import Answered
from streams.messages.records import Headers, Output
from streams.messages.roles import Role

_ANSWERS = tuple(name for name in Answered.model_fields if name != "merchant_key")
"""Fields of a review request that its answer gives back."""


class Message(NamedTuple):
    """A record as a consumer would have it."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Headers = ()
    timestamp: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer of a person: a correction, as JSON.

    Args:
        blind: The decision was accepted, and not shown.
    """

    transaction_id: str
    blind: bool
    value: bytes


def answer(outputs: Sequence[Output], truth: Callable[[str], str]) -> list[Answer]:
    """Answer the requests among what a batch became.

    Args:
        outputs: Of a batch, in any order.
    """
    return [_answered(json.loads(one.value or b""), truth) for one in outputs if one.role is Role.REVIEW]


def _answered(request: dict[str, object], truth: Callable[[str], str]) -> Answer:
    transaction_id = str(request["transaction_id"])
    correction = {
        "correction_id": f"answer-{transaction_id}",
        "transaction_id": transaction_id,
        "category": truth(transaction_id),
        "actor": "somebody",
        "timestamp": request["timestamp"],
        "answers": {name: request[name] for name in _ANSWERS},
    }
    return Answer(transaction_id, bool(request["blind"]), json.dumps(correction).encode())
