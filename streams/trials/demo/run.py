"""The course of the demo: topics, worker and monitor, replay, drain, verification; and the clearing away."""

import asyncio
import time
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any, TypeVar

from models.contracts.events import Transaction
from streams.files.sample import Planted, bad_messages, held_out, load_sample
from streams.kafka.topics import create_topics, delete_topics, topic_name
from streams.messages.dead_letters import DeadLetter
from streams.messages.roles import Role
from streams.operate.verify import verify
from streams.trials.demo.board import Board, Phase
from streams.trials.demo.fairness import conclude, watch_monitor
from streams.trials.demo.feed import Sent, feed
from streams.trials.demo.follow import follow
from streams.trials.demo.place import MONITOR, WORKER, Place
from streams.trials.demo.process import Part
from streams.trials.demo.scrape import Batches, read_batches
from streams.trials.demo.screen import Screen
from streams.trials.demo.summary import Flow, Summary, match

T = TypeVar("T")

FRAME_SECONDS = 0.2
STALL_SECONDS = 30.0
"""How long draining may go without any progress before it is given up; the verification then says what is missing."""


@dataclass(frozen=True, slots=True)
class Options:
    """What to replay.

    Args:
        transactions: How many.
        seconds: Time into which their span is compressed.
        with_mcc: Whether their merchant category codes go along.
    """

    transactions: int
    seconds: float
    with_mcc: bool = True


@dataclass(frozen=True, slots=True)
class _Course:
    """The planted messages' places, and seconds from the start until all was sent and all was answered."""

    planted: list[Sent]
    send_seconds: float
    answer_seconds: float


@dataclass(frozen=True, slots=True)
class _Replayed:
    """What the replay left behind."""

    board: Board
    course: _Course
    letters: list[DeadLetter]
    batches: Batches


async def run_demo(place: Place, options: Options, screen: Screen) -> Summary:
    """Run the demo in a place that is open.

    Raises:
        EvenhandError: Worker or monitor failed, or the broker.
    """
    try:
        screen.step("creating the topics")
        await create_topics(place.settings)
        transactions = load_sample(options.transactions, with_mcc=options.with_mcc)
        screen.step("starting worker and monitor")
        with place.part(MONITOR) as monitor:
            replayed = await _with_worker(place, monitor, transactions, options, screen)
            screen.step("verifying: reading every topic to its end")
            topic = topic_name(place.settings, Role.TRANSACTIONS)
            board = replayed.board
            verification, fairness = await asyncio.gather(
                verify(place.settings), conclude(monitor, board.watch, topic=topic, records=board.sent)
            )
            screen.step("stopping the monitor")
        return Summary(
            flow=_flow(replayed, transactions, options),
            tally=board.tally,
            batches=replayed.batches,
            planted=match(replayed.course.planted, replayed.letters),
            verification=verification,
            fairness=fairness,
        )
    finally:
        if not place.own_broker:
            screen.step("deleting the topics")
            if left := await delete_topics(place.settings):
                screen.say(f"topics could not be deleted: {', '.join(left)}")


async def _with_worker(
    place: Place, monitor: Part, transactions: list[Transaction], options: Options, screen: Screen
) -> _Replayed:
    with place.part(WORKER) as worker:
        await asyncio.gather(worker.ready(), monitor.ready())
        screen.step(f"the fairness console is at {monitor.url} while this runs")
        replayed = await _replay(place, worker, monitor, transactions, options, screen)
        screen.step("stopping the worker")
    return replayed


async def _replay(
    place: Place, worker: Part, monitor: Part, transactions: list[Transaction], options: Options, screen: Screen
) -> _Replayed:
    planted = bad_messages(transactions)
    board = Board(
        descriptions={one.transaction_id: one.description for one in transactions},
        timestamps=[one.timestamp for one in transactions],
        total=len(transactions) + len(planted),
        console=monitor.url,
        started=time.monotonic(),
    )
    letters: list[DeadLetter] = []
    with screen.live():
        course = await _beside(
            _course(place, board, transactions, planted, options.seconds),
            follow(place.settings, board, letters),
            watch_monitor(monitor, board.watch),
            _show(board, (worker, monitor), screen),
        )
    return _Replayed(board, course, letters, read_batches(await worker.get("metrics")))


async def _course(
    place: Place, board: Board, transactions: list[Transaction], planted: list[Planted], seconds: float
) -> _Course:
    sent = await feed(place.settings, transactions, planted, seconds=seconds, board=board)
    sent_at, board.phase = time.monotonic(), Phase.DRAIN
    await _drain(board)
    return _Course(sent, sent_at - board.started, time.monotonic() - board.started)


async def _show(board: Board, parts: tuple[Part, ...], screen: Screen) -> None:
    """Draw, and see that worker and monitor live, until cancelled."""
    while True:
        for part in parts:
            part.check()
        screen.show(board.tick(time.monotonic()))
        await asyncio.sleep(FRAME_SECONDS)


async def _drain(board: Board) -> None:
    """Wait until every message is answered, or nothing has moved for `STALL_SECONDS`."""
    answered, moved_at = board.answered, time.monotonic()
    while board.answered < board.sent and time.monotonic() - moved_at < STALL_SECONDS:
        await asyncio.sleep(0.02)
        if board.answered != answered:
            answered, moved_at = board.answered, time.monotonic()


def _flow(replayed: _Replayed, transactions: list[Transaction], options: Options) -> Flow:
    board = replayed.board
    return Flow(
        transactions=board.transactions_sent,
        first=transactions[0].timestamp,
        last=transactions[-1].timestamp,
        held_out=held_out(transactions),
        send_seconds=replayed.course.send_seconds,
        answer_seconds=replayed.course.answer_seconds,
        most_waiting=board.most_waiting,
        with_mcc=options.with_mcc,
    )


async def _beside(work: Coroutine[Any, Any, T], *others: Coroutine[Any, Any, None]) -> T:
    """The result of `work`, while others run that never end unless they fail; whatever fails first is raised."""
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
