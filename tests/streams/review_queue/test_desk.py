"""The desk on a real broker: a request comes in, an answer goes out, once."""

from pathlib import Path

import pytest

from models.contracts.corrections import Correction
from models.contracts.events import Categorized
from models.contracts.taxonomy import Category
from models.contracts.wire import parse
from streams.local.broker import LocalBroker
from streams.messages.headers import DIGEST_HEADER
from streams.messages.records import header
from streams.messages.roles import Role
from tests.harness.review import TRACE, request_message, serving
from tests.harness.workers import Stage, until

pytestmark = pytest.mark.kafka


async def test_an_answer_goes_out_once(broker: LocalBroker, prefix: str, tmp_path: Path) -> None:
    """A request becomes a person's decision in its partition, and a correction; nothing else."""
    async with Stage(broker, prefix, tmp_path, {"partitions": 3, "review_grace_seconds": 0}) as stage:
        (place,) = await stage.send([request_message(7)], role=Role.REVIEW)
        async with serving(stage.settings) as review:

            async def is_open() -> bool:
                return review.desk.progress("ann").open == 1

            await until(is_open)
            task = await review.desk.next("ann")
            assert task is not None
            assert "t-7" == task.transaction_id
            assert await review.desk.next("bob") is None
            answered = await review.desk.answer(task.request_id, Category("groceries"), "ann", "sells food")
            assert (task.request_id,) == answered.request_ids
        decisions, corrections = await stage.read(Role.CATEGORIZED), await stage.read(Role.CORRECTIONS)
        assert (1, 1) == (len(decisions), len(corrections))
        decision, _ = parse(Categorized, decisions[0].value)
        assert ("human", "groceries", "ann", 1.0) == (
            decision.decided_by,
            decision.category,
            decision.answered_by,
            decision.confidence,
        )
        assert place[0] == decisions[0].partition
        assert (b"%016x" % 7, TRACE[1]) == (
            header(decisions[0].headers, DIGEST_HEADER),
            header(decisions[0].headers, "traceparent"),
        )
        said, _ = parse(Correction, corrections[0].value)
        assert ("t-7", "groceries", "ann", "sells food") == (
            said.transaction_id,
            said.category,
            said.actor,
            said.reason,
        )
        assert b"t-7" == corrections[0].key
