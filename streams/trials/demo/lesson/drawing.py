"""Drawing what was learned and gained; pure, like the rest of the summary."""

from collections.abc import Iterator

from models.learned.online.entries import Reason
from streams.learner.preparation import HOLDOUT_ROWS
from streams.trials.demo.lesson.gain import Figure
from streams.trials.demo.lesson.lesson import Lesson
from streams.trials.demo.view import Cell, Row

ONE_WORD = "One person's word decides the category; where the model is unsure, a second person's lets it stand."
CODES = "Right is what the card code says, which the model sees as well: --text-only withholds it."
TEXT = "Right is what the card code says, which is withheld from the model."


def facts(lesson: Lesson) -> Iterator[tuple[str, Cell]]:
    """What was answered and learned, by name."""
    answers, learned = lesson.answers, lesson.learned
    unknown = f', {answers.unknown} of them with "I do not know"' if answers.unknown else ""
    settled = f"with others of the same merchants {answers.settled} are settled"
    yield "answered", f"{answers.requests} requests, those the queue gave first{unknown}; {settled}"
    held = ", ".join(f"{count} {reason}" for reason, count in learned.held.items()) or "none"
    yield "learned", f"{learned.accepted} of {learned.corrections} corrections; held back: {held}"
    yield "", f"{learned.merchants} merchants and {learned.families} families of merchants have a category by people"
    yield "", f"{learned.confirmed} corrections said what the system would have said"
    yield "known", f"to the worker {learned.seconds:.1f} s after the last answer, as version {learned.version}"
    gain = lesson.gain
    yield "next", f"{gain.rows:,} transactions, {gain.by_people} of them decided by corrections"
    yield "gained", gain.verdict


def notes(lesson: Lesson, *, with_mcc: bool) -> Iterator[str]:
    """What one must know to read the figures."""
    yield CODES if with_mcc else TEXT
    yield ONE_WORD
    held = lesson.learned.held.get(Reason.HOLDOUT, 0)
    guarded = f"The learner guards the sample's newest {HOLDOUT_ROWS:,} lines, those that came next among them"
    yield f"{guarded}: for that it held back {held} corrections."


def rows(lesson: Lesson) -> Iterator[Row]:
    """The next transactions without and with what was learned."""
    gain = lesson.gain
    for name, figure in (("to a person", gain.review), ("right", gain.right), ("wrong unseen", gain.wrong)):
        if figure is not None:
            yield name, *_cells(figure)


def _cells(figure: Figure) -> tuple[str, ...]:
    low, high = figure.interval
    return (
        f"{figure.without:,} of {figure.rows:,}",
        f"{figure.learned:,} of {figure.rows:,}",
        f"{100 * figure.difference:+.1f}",
        f"{100 * low:+.1f} to {100 * high:+.1f}",
    )
