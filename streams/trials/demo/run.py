"""The demo from start to end: topics, processes, replay, lesson, verification; and the clearing away."""

import asyncio
import time
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from models.contracts.events import Transaction
from streams.files.sample import Planted, bad_messages, load_sample, span
from streams.kafka.topics import create_topics, delete_topics, topic_name
from streams.messages.roles import Role
from streams.operate.verify import verify
from streams.trials.demo.board import Board, Phase
from streams.trials.demo.fairness import Fairness, conclude, finish, watch_monitor
from streams.trials.demo.feed import SentPlanted, feed
from streams.trials.demo.follow import follow
from streams.trials.demo.lesson.lesson import Learned, Lesson, compare, teach
from streams.trials.demo.lesson.reviewer import Answers, Truths, truths_of
from streams.trials.demo.place import LEARNER, MONITOR, REVIEW, WORKER, Place
from streams.trials.demo.process import DemoProcess
from streams.trials.demo.scrape import CommittedBatches, read_batches
from streams.trials.demo.screen import Screen
from streams.trials.demo.summary import DemoSummary, match

T = TypeVar("T")

FRAME_SECONDS = 0.2
NEXT = 1000
"""Transactions that come after the answers, at most: half of all where there are fewer."""

STALL_SECONDS = 30.0
"""Longest draining without any progress before it is given up; the verification then says what is missing."""


@dataclass(frozen=True, slots=True)
class DemoOptions:
    """Size and pace of the replay.

    Args:
        transactions: Number of the latest of the sample.
        seconds: Time into which the span of those is compressed that come before the answers.
        with_mcc: Their merchant category codes go along.
    """

    transactions: int
    seconds: float
    with_mcc: bool = True


@dataclass(frozen=True, slots=True)
class Script:
    """What is played.

    Args:
        before: Transactions that are replayed before anybody answers.
        coming: Those that come after the answers.
        planted: Messages that must not pass, sent among the first.
        truths: What the reviewer knows.
        seconds: Time into which the span of the first is compressed.
    """

    before: Sequence[Transaction]
    coming: Sequence[Transaction]
    planted: Sequence[Planted]
    truths: Truths
    seconds: float


@dataclass(frozen=True, slots=True)
class Parts:
    """The processes."""

    worker: DemoProcess
    monitor: DemoProcess
    learner: DemoProcess
    review: DemoProcess


@dataclass(frozen=True, slots=True)
class Played:
    """What came of it: places of the planted messages, batches of the worker, monitors, answers, what was learned."""

    sent: Sequence[SentPlanted]
    batches: CommittedBatches
    fairness: Fairness
    answers: Answers
    learned: Learned


async def run_demo(place: Place, options: DemoOptions, screen: Screen) -> DemoSummary:
    """Run the demo in a place that is open.

    Raises:
        EvenhandError: One of its processes failed, or the broker.
    """
    try:
        screen.step("creating the topics")
        await create_topics(place.settings)
        transactions = load_sample(options.transactions, with_mcc=options.with_mcc)
        truths = truths_of(load_sample(options.transactions))
        planted = bad_messages(transactions)
        coming = transactions[-min(NEXT, len(transactions) // 2) :]
        screen.step("starting worker and monitor, learner and review queue")
        with place.process(MONITOR) as monitor:
            board = Board(
                descriptions={one.transaction_id: one.description for one in transactions},
                timestamps=[one.timestamp for one in transactions],
                total=len(transactions) + len(planted),
                console=monitor.url,
                wanted=frozenset(one.transaction_id for one in coming),
            )
            script = Script(transactions[: -len(coming)], coming, planted, truths, options.seconds)
            played = await _replay(place, monitor, board, script, screen)
            screen.step("verifying: reading every topic to its end")
            topic = topic_name(place.settings, Role.TRANSACTIONS)
            verification, fairness, gain = await asyncio.gather(
                verify(place.settings),
                finish(monitor, played.fairness, topic=topic, records=board.sent),
                asyncio.to_thread(compare, place.settings, coming, board.kept, truths),
            )
            screen.step("stopping the monitor")
        version = played.learned.version
        under = sum(one.online_version == version for one in board.kept.values())
        return DemoSummary(
            board=board,
            batches=played.batches,
            planted=match(played.sent, board.letters),
            verification=verification,
            fairness=fairness,
            lesson=Lesson(played.answers, played.learned, under, gain),
            with_mcc=options.with_mcc,
        )
    finally:
        if not place.own_broker:
            screen.step("deleting the topics")
            if left := await delete_topics(place.settings):
                screen.say(f"topics could not be deleted: {', '.join(left)}")


async def _replay(place: Place, monitor: DemoProcess, board: Board, script: Script, screen: Screen) -> Played:
    """Play the script through a worker, a learner and a review queue, which are stopped then."""
    with place.process(WORKER) as worker, place.process(LEARNER) as learner, place.process(REVIEW) as review:
        await asyncio.gather(worker.ready(), monitor.ready())
        screen.step(f"the fairness console is at {monitor.url} while this runs, the review queue at {review.url}review")
        board.started = time.monotonic()
        with screen.live():
            played = await _beside(
                _play(place, board, script, Parts(worker, monitor, learner, review)),
                follow(place.settings, board),
                watch_monitor(monitor, board.watch),
                _show(board, (worker, monitor, learner, review), screen),
            )
        batches = await _counted(worker, board)
        screen.step("stopping worker, learner and review queue")
    return played(batches)


async def _play(place: Place, board: Board, script: Script, parts: Parts) -> Callable[[CommittedBatches], Played]:
    """Replay, let the reviewer answer, and send what comes next, at the same pace."""
    settings = place.settings
    sent = await feed(settings, script.before, script.planted, seconds=script.seconds, board=board)
    board.send_seconds, board.phase = time.monotonic() - board.started, Phase.DRAIN
    await _drained(board)
    board.answer_seconds, board.paced, board.phase = time.monotonic() - board.started, board.sent, Phase.ANSWER
    topic = topic_name(settings, Role.TRANSACTIONS)
    fairness, *_ = await asyncio.gather(
        conclude(parts.monitor, board.watch, topic=topic, records=board.sent),
        parts.learner.ready(),
        parts.review.ready(),
    )
    answers, learned = await teach(settings, parts.review, parts.worker, script.truths, expected=board.tally.reviewed)
    board.phase = Phase.NEXT
    seconds = script.seconds * (span(script.coming) / span(script.before))
    await feed(settings, script.coming, (), seconds=seconds, board=board)
    await _drained(board)
    return lambda batches: Played(sent, batches, fairness, answers, learned)


async def _counted(worker: DemoProcess, board: Board) -> CommittedBatches:
    """The worker's batches once all are counted: a consumer may see a batch sooner than the counters do."""
    until = time.monotonic() + STALL_SECONDS
    while True:
        batches = read_batches(await worker.get("metrics"))
        if batches.records >= board.answered or time.monotonic() > until:
            return batches
        await asyncio.sleep(0.1)


async def _drained(board: Board) -> None:
    """Wait until everything sent is answered, or nothing has moved for `STALL_SECONDS`."""
    moved_at, answered = time.monotonic(), board.answered
    while board.answered < board.sent and time.monotonic() - moved_at < STALL_SECONDS:
        await asyncio.sleep(0.02)
        if board.answered != answered:
            answered, moved_at = board.answered, time.monotonic()


async def _show(board: Board, processes: Sequence[DemoProcess], screen: Screen) -> None:
    """Draw, and see that all processes live, until cancelled."""
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
