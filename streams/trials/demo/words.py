"""The reason of a decision in plain words."""

from models.contracts.events import Decision, Vote


def why(decision: Decision) -> str:
    """Name the votes for the decision with their evidence, and those that say otherwise."""
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
