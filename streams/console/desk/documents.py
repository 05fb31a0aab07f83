"""What the desk knows, as JSON for the pages."""

from collections.abc import Mapping
from datetime import datetime
from operator import itemgetter

from models.contracts.taxonomy import DESCRIPTIONS
from models.explanation.texts import Texts
from models.statistics.intervals import wilson
from streams.console.desk.contract import UNDOABLE_FOR, Aid, Answered, Like, Preview, Progress, Task, Undone
from streams.console.desk.customer import customer_words
from streams.console.desk.marks import marked
from streams.console.desk.words import HELD, WITHOUT, grounds, method, why

Json = Mapping[str, object]

SUGGESTIONS = 3
"""Categories that a key each answers with."""


def categories() -> list[Json]:
    """The categories with what belongs there, in the taxonomy's order."""
    return [{"name": name, "about": about} for name, about in DESCRIPTIONS.items()]


def task(of: Task, now: datetime, texts: Texts, *, without_aid: bool = False) -> Json:
    """A request as a reviewer sees it.

    A document without aid has the same members whatever the request is, and nothing in it follows from a decision.

    Args:
        now: Claims are told as seconds, since a browser's clock may be another.
        texts: Words for its customer.
        without_aid: Leave the suggestions out, as the reviewer wishes.
    """
    aid = None if without_aid else of.aid
    votes = () if aid is None else aid.votes
    until = of.claimed_until
    return {
        "id": of.request_id,
        "line": [
            {"text": piece.text, "methods": [method(name) for name in piece.methods]}
            for piece in marked(of.description, votes, merchant=of.merchant)
        ],
        "merchant": of.merchant,
        "via": of.via,
        "amount": str(abs(of.amount)),
        "currency": of.currency,
        "direction": "in" if of.amount < 0 else "out",
        "at": _moment(of.timestamp),
        "mcc": of.mcc,
        "counterparty": of.counterparty,
        "channel": of.channel,
        "opened": _moment(of.opened),
        "seconds": None if until is None else max(0.0, round((until - now).total_seconds(), 1)),
        "similar": of.similar,
        "why": [WITHOUT] if aid is None else list(why(aid)),
        "aid": None if aid is None else _aid(aid),
        "customer": None if aid is None else customer_words(of, aid, texts),
    }


def answered(of: Answered, now: datetime) -> Json:
    """What came of an answer."""
    return {
        "settled": len(of.request_ids),
        "category": of.category,
        "seconds": max(0.0, round((of.final_at - now).total_seconds(), 1)),
        "left": len(of.refused),
    }


def undone(of: Undone, now: datetime, texts: Texts, *, without_aid: bool = False) -> Json:
    """What was taken back, with the request to answer again."""
    return {
        "task": task(of.tasks[0], now, texts, without_aid=without_aid) if of.tasks else None,
        "reopened": len(of.tasks),
        "category": of.category,
        "amends": of.amends,
    }


def preview(of: Preview) -> Json:
    """Requests that one answer could settle."""
    return {"count": of.count, "likes": [_like(like) for like in of.likes]}


def progress(of: Progress) -> Json:
    """The day of a reviewer."""
    return {
        "answered": of.answered,
        "unknown": of.unknown,
        "everyone": of.everyone,
        "open": of.open,
        "oldest": None if of.oldest is None else _moment(of.oldest),
        "undoable": of.undoable,
    }


def learned(report: Json | None, now: datetime) -> Json:
    """The learner's report, with what its codes mean, and the accuracies with their intervals.

    What had been decided is told once an answer cannot be taken back: else whoever answers without suggestions could
    look it up here, and answer again.
    """
    if report is None:
        return {"at": _moment(now), "held": HELD, "report": None, "accuracy": []}
    told = {name: [_settled(entry, now) for entry in _entries(report, name)] for name in ("lately", "quarantine")}
    return {"at": _moment(now), "held": HELD, "report": {**report, **told}, "accuracy": _accuracy(report)}


def _entries(report: Json, name: str) -> list[Json]:
    entries = report[name]
    assert isinstance(entries, list)
    return entries


def _settled(entry: Json, now: datetime) -> Json:
    given = datetime.fromisoformat(str(entry["at"]))
    return {**entry, "decided": None} if now - given <= UNDOABLE_FOR else entry


def _accuracy(report: Json) -> list[Json]:
    """Prequential accuracy: of all, and of the latest where these are fewer."""
    scores = report["prequential"]
    assert isinstance(scores, Mapping)
    all_of_them, latest = int(scores["scored"]), int(scores["recent"])
    counted = [("before learning", int(scores["right"]), all_of_them)]
    if latest < all_of_them:
        counted.append(("of the latest", round(latest * float(scores["recent_share"])), latest))
    return [
        {"of": of, "right": right, "scored": scored, "share": right / scored, "interval": wilson(right, scored)}
        for of, right, scored in counted
        if scored
    ]


def _aid(aid: Aid) -> Json:
    suggested = [(aid.category, aid.confidence), *((other.category, other.confidence) for other in aid.alternatives)]
    suggested.sort(key=itemgetter(1), reverse=True)
    return {
        "suggestions": [
            {"category": category, "confidence": round(confidence, 4)}
            for category, confidence in suggested[:SUGGESTIONS]
        ],
        "votes": [
            {
                "method": method(vote.method),
                "category": vote.category,
                "confidence": vote.confidence,
                "weight": vote.weight,
                "evidence": grounds(vote),
            }
            for vote in aid.votes
        ],
    }


def _like(like: Like) -> Json:
    return {
        "id": like.request_id,
        "description": like.description,
        "amount": str(abs(like.amount)),
        "currency": like.currency,
        "direction": "in" if like.amount < 0 else "out",
        "at": _moment(like.timestamp),
        "taken": like.taken,
    }


def _moment(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
