"""The desk on a real broker: a request comes in, an answer goes out, once."""

import json
import statistics
import time
from pathlib import Path

import pytest

from models.contracts.corrections import Correction
from models.contracts.events import Categorized
from models.contracts.taxonomy import Category
from models.contracts.wire import parse
from streams.apps.review import ReviewApplication
from streams.console.desk.contract import DeskError, Standing, Why
from streams.local.broker import LocalBroker
from streams.messages.headers import DIGEST_HEADER
from streams.messages.records import header
from streams.messages.roles import Role
from tests.harness.messages import CORRECTION
from tests.harness.review import TRACE, request_message, request_messages, serving
from tests.harness.workers import QUICK, Message, Stage, until

pytestmark = pytest.mark.kafka


async def test_an_answer_goes_out_once(broker: LocalBroker, prefix: str, tmp_path: Path) -> None:
    """A request becomes a person's decision in its partition, and a correction; nothing else."""
    async with Stage(broker, prefix, tmp_path, {"partitions": 3, "review_grace_seconds": 0}) as stage:
        (place,) = await stage.send([request_message(7)], role=Role.REVIEW)
        async with serving(stage.settings) as review:
            await until(lambda: opened(review, 1))
            task = await review.desk.next("ann")
            assert task is not None
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


async def test_an_answer_costs_less_than_a_tenth_of_a_second(broker: LocalBroker, prefix: str, tmp_path: Path) -> None:
    """The quickest tenth: what it takes by itself, since the rest is what else this machine does meanwhile."""
    async with Stage(broker, prefix, tmp_path, {"partitions": 2}) as stage:
        await stage.send(request_messages(100), role=Role.REVIEW)
        async with serving(stage.settings) as review:
            await until(lambda: opened(review, 100))
            seconds = []
            for _ in range(60):
                began = time.perf_counter()
                task = await review.desk.next("ann")
                assert task is not None
                await review.desk.answer(task.request_id, Category("pets"), "ann")
                seconds.append((time.perf_counter() - began) / 2)
            assert statistics.quantiles(seconds, n=10)[0] < 0.1, statistics.median(seconds)
            assert (60, 40, 10) == (
                review.desk.progress("ann").answered,
                review.desk.progress("ann").open,
                review.desk.progress("ann").undoable,
            )


async def opened(review: ReviewApplication, count: int) -> bool:
    """Whether so many requests are open."""
    return review.desk.progress("ann").open == count


async def test_a_case_tool_answers_by_a_correction(broker: LocalBroker, prefix: str, tmp_path: Path) -> None:
    """The review ends with its decision, and there is no second correction; a monitor may read the topic, too."""
    said = CORRECTION | {"transaction_id": "t-1", "scope": "everyone", "standing": "reviewer", "answers": None}
    async with Stage(broker, prefix, tmp_path, {"partitions": 2, "review_grace_seconds": 0}) as stage:
        monitor = stage.monitor()
        await stage.send(request_messages(2), role=Role.REVIEW)
        async with serving(stage.settings) as review:
            await until(lambda: opened(review, 2))
            await stage.send([Message(json.dumps(said).encode(), b"t-1", b"t-1")], role=Role.CORRECTIONS)
            await until(lambda: opened(review, 1))
        (record,) = await stage.read(Role.CATEGORIZED)
        decision, _ = parse(Categorized, record.value)
        assert ("t-1", "human", "groceries", "reviewer-7") == (
            decision.transaction_id,
            decision.decided_by,
            decision.category,
            decision.answered_by,
        )
        assert 1 == len(await stage.read(Role.CORRECTIONS))
        await monitor.ready()


async def test_another_process_says_where_the_queue_is(broker: LocalBroker, prefix: str, tmp_path: Path) -> None:
    """Of two processes one keeps the queue; the other names its address and does nothing."""
    async with Stage(broker, prefix, tmp_path, {"partitions": 2, **QUICK}) as stage, serving(stage.settings) as first:
        worker = stage.review()
        await worker.ready()

        async def is_elsewhere() -> bool:
            return first.desk.state.where == f"127.0.0.1:{worker.port}"

        async def is_here() -> bool:
            return first.desk.state.standing is Standing.HERE

        if not await is_here():
            await until(is_elsewhere)
            with pytest.raises(DeskError, match=f"another process keeps the queue: 127.0.0.1:{worker.port}") as refused:
                await first.desk.next("ann")
            assert (Why.ELSEWHERE, f"127.0.0.1:{worker.port}") == (refused.value.why, refused.value.where)
            worker.kill()
            await until(is_here)
        assert await first.desk.next("ann") is None
