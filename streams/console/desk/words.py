"""Why a person is asked, and why something was not done, in words."""

from collections.abc import Iterator, Mapping

from models.contracts.events import Reason, Vote
from streams.console.desk.contract import Aid
from streams.console.state import METHOD_WORDS

WITHOUT = (
    "You are asked without suggestions. Some requests come so that it can be told how often the decisions are right, "
    "and how often people are swayed by what is suggested to them."
)
"""Said of every request without aid, whatever the reason."""

HELD: Mapping[str, str] = {
    "rate": "its author said too much within an hour",
    "agreement": "a frequent merchant: others must agree first",
    "outvoted": "several others say something else",
    "late": "somebody else has said something newer",
    "crowd": "many new people contradict what is known of this merchant",
    "holdout": "it would cost too many known answers",
    "doubted": "most of what its author said waits for others",
    "conflict": "its id was there before with something else",
    "standing": "not for somebody of this standing",
    "taken_back": "taken back before it came",
    "own": "somebody else must release it",
}
"""Why a correction is in quarantine; a code without a line here is shown as it is."""


def why(aid: Aid) -> Iterator[str]:
    """Sentences that say why a person is asked."""
    yield _agreement(aid)
    if aid.note:
        yield f"{aid.note[:1].upper()}{aid.note[1:].rstrip('.')}."
    elif Reason.BELOW_THRESHOLD in aid.reasons:
        yield f"It is {aid.confidence:.0%} sure, which is too little to decide without a person."
    if Reason.TIMESTAMP_AHEAD in aid.reasons:
        yield "Its time lies ahead of the clock."


def named(category: str) -> str:
    """A category in words.

    >>> named("food_dining")
    'food dining'
    """
    return category.replace("_", " ")


def method(name: str) -> str:
    """A method in words; one that has none is shown as it is."""
    return METHOD_WORDS.get(name, name)


def grounds(vote: Vote) -> str:
    """The evidence of a vote, without the method's name in front, which stands beside it."""
    said = vote.evidence.removeprefix(vote.method).lstrip()
    return f"likeness to {said.lstrip('~ ')}" if said.startswith("~") else said


def _agreement(aid: Aid) -> str:
    if not aid.votes:
        return "No method knows this line."
    if len(aid.votes) == 1:
        return f"Only one method has a view: {method(aid.votes[0].method)}."
    said: dict[str, list[str]] = {}
    for vote in aid.votes:
        said.setdefault(vote.category, []).append(method(vote.method))
    if len(said) == 1:
        everyone = "Both" if len(aid.votes) == 2 else f"All {len(aid.votes)}"
        return f"{everyone} methods say {named(aid.votes[0].category)}."
    return f"The methods disagree. {'; '.join(f'{_title(of)}: {_joined(who)}' for of, who in said.items())}."


def _joined(names: list[str]) -> str:
    return ", ".join(names)


def _title(category: str) -> str:
    return named(category).capitalize()
