"""The demo from start to end: topics, worker and monitor, replay, drain, verification; and the clearing away."""

import asyncio
import time
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from models.contracts.events import Transaction
from streams.files.sample import Planted, bad_messages, load_sample
from streams.kafka.topics import create_topics, delete_topics, topic_name
from streams.messages.roles import Role
from streams.operate.verify import verify
from streams.trials.demo.board import Board, Phase
from streams.trials.demo.fairness import conclude, watch_monitor
from streams.trials.demo.feed import SentPlanted, feed
from streams.trials.demo.follow import follow
from streams.trials.demo.place import MONITOR, WORKER, Place
from streams.trials.demo.process import DemoProcess
from streams.trials.demo.scrape import CommittedBatches, read_batches
from streams.trials.demo.screen import Screen
from streams.trials.demo.summary import DemoSummary, match

T = TypeVar("T")

FRAME_SECONDS = 0.2
STALL_SECONDS = 30.0
"""Longest draining without any progress before it is given up; the verification then says what is missing."""


@dataclass(frozen=True, slots=True)
class DemoOptions:
    """Size and pace of the replay.

    Args:
        transactions: Number of the latest of the sample.
        seconds: Time into which their span is compressed.
        with_mcc: Their merchant category codes go along.
    """

    transactions: int
    seconds: float
    with_mcc: bool = True


async def run_demo(place: Place, options: DemoOptions, screen: Screen) -> DemoSummary:
    """Run the demo in a place that is open.

    Raises:
        EvenhandError: Worker or monitor failed, or the broker.
    """
    try:
        screen.step("creating the topics")
        await create_topics(place.settings)
        transactions = load_sample(options.transactions, with_mcc=options.with_mcc)
        planted = bad_messages(transactions)
        screen.step("starting worker and monitor")
        with place.process(MONITOR) as monitor:
            board = Board(
                descriptions={one.transaction_id: one.description for one in transactions},
                timestamps=[one.timestamp for one in transactions],
                total=len(transactions) + len(planted),
                console=monitor.url,
            )
            sent, batches = await _replay(place, monitor, board, transactions, planted, options.seconds, screen)
            screen.step("verifying: reading every topic to its end")
            topic = topic_name(place.settings, Role.TRANSACTIONS)
            verification, fairness = await asyncio.gather(
                verify(place.settings), conclude(monitor, board.watch, topic=topic, records=board.sent)
            )
            screen.step("stopping the monitor")
        return DemoSummary(
            board=board,
            batches=batches,
            planted=match(sent, board.letters),
            verification=verification,
            fairness=fairness,
            with_mcc=options.with_mcc,
        )
    finally:
        if not place.own_broker:
            screen.step("deleting the topics")
            if left := await delete_topics(place.settings):
                screen.say(f"topics could not be deleted: {', '.join(left)}")


async def _replay(
    place: Place,
    monitor: DemoProcess,
    board: Board,
    transactions: Sequence[Transaction],
    planted: Sequence[Planted],
    seconds: float,
    screen: Screen,
) -> tuple[list[SentPlanted], CommittedBatches]:
    """Replay through a worker; the places of the planted messages, and the worker's batches."""
    with place.process(WORKER) as worker:
        await asyncio.gather(worker.ready(), monitor.ready())
        screen.step(f"the fairness console is at {monitor.url} while this runs")
        board.started = time.monotonic()
        with screen.live():
            sent = await _beside(
                _send(place, board, transactions, planted, seconds),
                follow(place.settings, board),
                watch_monitor(monitor, board.watch),
                _show(board, (worker, monitor), screen),
            )
        batches = await _counted(worker, board)
        screen.step("stopping the worker")
    return sent, batches


async def _counted(worker: DemoProcess, board: Board) -> CommittedBatches:
    """The worker's batches once all are counted: a consumer may see a batch sooner than the counters do."""
    until = time.monotonic() + STALL_SECONDS
    while True:
        batches = read_batches(await worker.get("metrics"))
        if batches.records >= board.answered or time.monotonic() > until:
            return batches
        await asyncio.sleep(0.1)


async def _send(
    place: Place, board: Board, transactions: Sequence[Transaction], planted: Sequence[Planted], seconds: float
) -> list[SentPlanted]:
    """Send everything, and wait until it is answered, or nothing has moved for `STALL_SECONDS`."""
    sent = await feed(place.settings, transactions, planted, seconds=seconds, board=board)
    moved_at = time.monotonic()
    board.send_seconds, board.phase, answered = moved_at - board.started, Phase.DRAIN, board.answered
    while board.answered < board.sent and time.monotonic() - moved_at < STALL_SECONDS:
        await asyncio.sleep(0.02)
        if board.answered != answered:
            answered, moved_at = board.answered, time.monotonic()
    board.answer_seconds = time.monotonic() - board.started
    return sent


async def _show(board: Board, processes: Sequence[DemoProcess], screen: Screen) -> None:
    """Draw, and see that worker and monitor live, until cancelled."""
    while True:
        for process in processes:
            process.check()
        board.tick(time.monotonic())
        screen.show(board)
        await asyncio.sleep(FRAME_SECONDS)


async def _beside(work: Coroutine[Any, Any, T], *others: Coroutine[Any, Any, None]) -> T:
    """Give the result of `work`, while others run that never end unless they fail; the first failure is raised."""
    main = asyncio.ensure_future(work)
    beside = [asyncio.ensure_future(one) for one in others]
    everyone: list[asyncio.Future[Any]] = [main, *beside]
    try:
        await asyncio.wait(everyone, return_when=asyncio.FIRST_COMPLETED)
        for task in beside:
            if task.done():
                task.result()
        return main.result()
    finally:
        for one in everyone:
            one.cancel()
        await asyncio.gather(*everyone, return_exceptions=True)
