"""The lesson from start to end: fifty answers, what the learner made of them, and the next transactions both ways."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from prometheus_client.parser import text_string_to_metric_families

from models.contracts.events import Decision, Reason, Transaction
from models.learned.online.entries import Status
from streams.categorizer.ensemble import ensemble_for, house_rules
from streams.learner.instructions import read_report
from streams.settings.settings import Settings
from streams.trials.demo.lesson.gain import Fate, Gain, Pair, gained
from streams.trials.demo.lesson.reviewer import Answers, Truths, answer, waiting
from streams.trials.demo.process import DemoProcess

REQUESTS = 50
"""Requests that the reviewer answers."""

PATIENCE_SECONDS = 30.0
"""Longest wait for the queue to have what was asked, for the learner, and for the worker."""

LOOK_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class Learned:
    """What the learner made of the answers, by its report.

    Args:
        corrections: Corrections that it has taken.
        accepted: Those of them that it learned.
        held: Those in quarantine, by reason.
        merchants: Merchants it knows a category of.
        families: Families of merchants.
        confirmed: Corrections that said what the system said before learning them.
        version: Names what was learned; "0" where that is nothing.
        seconds: From the last answer until the worker knew it.
    """

    corrections: int
    accepted: int
    held: Mapping[str, int]
    merchants: int
    families: int
    confirmed: int
    version: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Lesson:
    """What was answered and learned, and what transactions gained that came next.

    Args:
        under: Of the transactions that came next, those that were decided under what was learned.
    """

    answers: Answers
    learned: Learned
    under: int
    gain: Gain

    @property
    def problems(self) -> tuple[str, ...]:
        """All that is wrong, one line each."""
        found = []
        if self.learned.corrections < self.answers.settled:
            found.append(f"{self.learned.corrections} corrections learned from, {self.answers.settled} were made")
        if self.under < self.gain.rows:
            found.append(f"{self.under} of the next transactions decided by what was learned, not {self.gain.rows}")
        return tuple(found)


async def teach(
    settings: Settings, review: DemoProcess, worker: DemoProcess, truths: Truths, *, expected: int
) -> tuple[Answers, Learned]:
    """Answer what the queue gives first, and wait until the worker decides by it.

    Args:
        expected: Requests that the queue must have at least before it is asked.

    Raises:
        EvenhandError: A part does not answer.
    """

    async def is_filled() -> bool:
        return await waiting(review) >= expected

    await _until(is_filled)
    answers = await answer(review, truths, most=REQUESTS)
    began, report = time.monotonic(), dict[str, Any]()

    async def is_learned() -> bool:
        report.update(await read_report(settings) or {})
        return _taken(report) >= answers.settled

    async def is_known() -> bool:
        return _online_offset(await worker.get("metrics")) >= int(report.get("offset", 0))

    await _until(is_learned)
    await _until(is_known)
    return answers, _learned(report, time.monotonic() - began)


def compare(settings: Settings, coming: Sequence[Transaction], decided: Mapping[str, Decision], truths: Truths) -> Gain:
    """Decide the same transactions without what was learned, and compare.

    Args:
        coming: As they were sent.
        decided: What the worker decided, by transaction id; what is not there is left out.

    Raises:
        EvenhandError: The model or the bank's rules cannot be used.
    """
    rows = [one for one in coming if one.transaction_id in decided]
    found = ensemble_for(settings, house=house_rules(settings)).findings(rows)
    pairs = []
    for one, (verdict, _merchant) in zip(rows, found, strict=True):
        learned = decided[one.transaction_id]
        pairs.append(
            Pair(
                truth=truths.get((one.description, abs(one.amount), one.timestamp)),
                without=Fate(verdict.category, verdict.requires_review),
                learned=Fate(learned.category, learned.requires_review),
                by_people=Reason.CORRECTED_BY_PEOPLE in learned.reasons,
            )
        )
    return gained(pairs)


def as_json(lesson: Lesson) -> Mapping[str, object]:
    """Give a lesson as one JSON object."""
    learned = asdict(lesson.learned) | {"seconds": round(lesson.learned.seconds, 3)}
    return {
        "answers": asdict(lesson.answers),
        "learned": learned,
        "next": asdict(lesson.gain) | {"under": lesson.under, "verdict": lesson.gain.verdict},
    }


def _taken(report: Mapping[str, Any]) -> int:
    return sum(report.get("counts", {}).values())


def _learned(report: Mapping[str, Any], seconds: float) -> Learned:
    parts, counts = report.get("parts", {}), report.get("counts", {})
    return Learned(
        corrections=_taken(report),
        accepted=counts.get(Status.ACCEPTED, 0),
        held=report.get("quarantine_reasons", {}),
        merchants=parts.get("merchant", 0),
        families=parts.get("family", 0),
        confirmed=report.get("prequential", {}).get("right", 0),
        version=report.get("version", "0"),
        seconds=seconds,
    )


def _online_offset(exposition: str) -> float:
    families = text_string_to_metric_families(exposition)
    return next(
        (sample.value for one in families for sample in one.samples if sample.name == "evenhand_online_offset"), -1.0
    )


async def _until(is_so: Callable[[], Awaitable[bool]]) -> None:
    """Wait until something is so; not for ever, and the summary says what is missing."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        if await is_so() or time.monotonic() > deadline:
            return
        await asyncio.sleep(LOOK_SECONDS)
