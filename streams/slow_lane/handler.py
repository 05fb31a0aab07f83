"""The slow lane's work on a batch: unsure transactions are put to the LLM, within its deadline.

A transaction's time runs from its diversion. Batches are cut into portions, so that none waits for another: what is
late goes to review at once, and of what is not, no more is taken than can be asked at the same time.
"""

from collections.abc import Iterator, Sequence

from models.decisions.llm_guard import with_answers
from models.voters.llm.voter import Answers
from streams.categorizer.handler import Accepted, BatchResult, CategorizeHandler
from streams.clock import Clock
from streams.lanes.duplicate_window import DuplicateWindow
from streams.messages.diversion import restore
from streams.messages.records import Received
from streams.slow_lane.asker import Asker


class SlowHandler:
    """Decides on diverted records.

    Args:
        handler: Reads, decides and writes as the fast lane does; its ensemble's ballots stand beside those of the LLM.
        asker: Asks the LLM; None where none is configured any more, and what still waits is decided without.
        clock: The time of day, timezone-aware.
        topic: Name of the input topic, where the records came from.
    """

    def __init__(self, handler: CategorizeHandler, *, asker: Asker | None, clock: Clock, topic: str) -> None:
        self._handler = handler
        self._asker = asker
        self._clock = clock
        self._topic = topic

    async def __call__(self, records: Sequence[Received], window: DuplicateWindow) -> BatchResult:
        """Handle one portion; it takes as long as its oldest record may still wait, at most."""
        admitted = self._handler.accept([restore(record, self._topic) for record in records], window)
        answers = Answers({})
        if self._asker is not None:
            # Repeats and refused records are not asked about: a call costs time and money.
            accepted = [one.transaction for one in admitted if isinstance(one, Accepted)]
            # By the oldest, as all of a portion are committed together.
            answers = await self._asker.ask(accepted, seconds=min(map(self._left, records)))
        # Only now: while the LLM was asked, another ensemble may have come.
        return self._handler.decide(records, admitted, with_answers(self._handler.ensemble, answers))

    def portions(self, records: Sequence[Received]) -> Iterator[Sequence[Received]]:
        """Cut a batch, anew after each portion: what is late, all that cannot be asked, or as many as can at once."""
        start = 0
        while start < len(records):
            size = self._portion(records[start:])
            yield records[start : start + size]
            start += size

    def _portion(self, records: Sequence[Received]) -> int:
        if self._asker is None:
            return len(records)
        late = next((number for number, record in enumerate(records) if self._left(record) > 0), len(records))
        if (
            late or not self._asker.ready
        ):  # neither is asked about: the late go to review apart, so that they delay none
            return late or len(records)
        # As many as are asked at once: more would only wait for a slot while their time runs.
        return min(self._asker.concurrency, len(records))

    def _left(self, record: Received) -> float:
        """Seconds until the record's deadline; a clock that was ahead when it was written gives no more than all."""
        assert self._asker is not None
        waited = self._clock().timestamp() - record.timestamp / 1000
        return self._asker.deadline - max(0.0, waited)
