"""The lanes that copy `transactions.review` into the journal, where all partitions meet; without Kafka and clock."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import SystemRandom

from models.contracts.events import ReviewRequest
from models.contracts.wire import parse
from models.errors import ContractError
from streams.messages.cloudevents import dead_letter
from streams.messages.records import Output, Received
from streams.review_queue.state.item import answered, opened


@dataclass(slots=True)
class Copied:
    """What a copying lane knows: nothing beside its offset.

    Args:
        records: Copied since it was opened.
    """

    records: int = 0


@dataclass(slots=True)
class CopyResult:
    """All that a batch of requests becomes.

    Args:
        blind: Blind ones among them.
    """

    written: list[Output] = field(default_factory=list)
    dead_letters: Counter[tuple[str, str]] = field(default_factory=Counter)
    requests: int = 0
    blind: int = 0


class CopyHandler:
    """Turns requests into entries of the journal. No input makes it raise.

    Args:
        unaided_share: Share of unsure requests that are asked without suggestions, as blind ones are.
    """

    def __init__(self, unaided_share: float) -> None:
        self._unaided_share = unaided_share
        # Drawn, and not by what stands in the request: whoever sees that could draw, too, and tell the blind ones.
        self._chance = SystemRandom()

    def __call__(self, records: Sequence[Received], _state: Copied) -> CopyResult:
        """Handle one batch of one partition."""
        result = CopyResult()
        for record in records:
            try:
                request, _ = parse(ReviewRequest, record.value or b"")
                answered(request)  # one that cannot be answered would stay for ever
            except ContractError as error:
                result.written.append(dead_letter(record, error, "review"))
                result.dead_letters["review", error.reason] += 1
                continue
            result.written.append(opened(record, request, unaided=self._chance.random() < self._unaided_share))
            result.requests += 1
            result.blind += request.blind
        return result
