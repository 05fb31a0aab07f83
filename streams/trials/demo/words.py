"""A decision in plain words."""

from dataclasses import dataclass

from models.contracts.events import Decision, Vote


@dataclass(frozen=True, slots=True)
class Told:
    """One decision as the demo shows it.

    Args:
        description: What the statement said.
        category: What was decided.
        confidence: Probability of being right, as the policy sees it.
        review: Whether a person decides.
        why: The votes and their evidence, in words.
    """

    description: str
    category: str
    confidence: float
    review: bool
    why: str


def tell(decision: Decision, description: str) -> Told:
    """Put a decision into words; it carries no description unless a person must look, so that is handed in."""
    return Told(description, decision.category, decision.confidence, decision.requires_review, why(decision))


def why(decision: Decision) -> str:
    """Who voted for the decision, on what evidence, and who said otherwise."""
    votes = sorted(decision.votes, key=lambda vote: len(vote.evidence))  # where there is little room, the end is cut
    agreeing = [vote for vote in votes if vote.category == decision.category]
    others = [vote for vote in votes if vote.category != decision.category]
    if not decision.votes:
        return "no method knows it"
    said = " · ".join(vote.evidence for vote in agreeing)
    against = "".join(f"; {vote.method} says {vote.category}: {_without_method(vote)}" for vote in others)
    return f"{_agreement(len(agreeing), len(decision.votes))}: {said}{against}"


def _agreement(agreeing: int, voting: int) -> str:
    if agreeing == voting:
        return {1: "one method voted", 2: "both agree"}.get(voting, f"all {voting} agree")
    return f"{agreeing} of {voting} say so"


def _without_method(vote: Vote) -> str:
    return vote.evidence.removeprefix(vote.method).lstrip(" ~")
