"""Never an automatic posting on the LLM's word alone."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from models.decisions.ensemble import Ensemble
from models.decisions.policy import Case, Judgement, Policy, WeightedBallot
from models.voters.contract import Method
from models.voters.llm.voter import Answers


@dataclass(frozen=True, slots=True)
class LlmGuard:
    """A policy that accepts a category only where a method other than the LLM voted for it as well.

    Args:
        policy: Judges; its name, category, confidence and reasons stay.
    """

    policy: Policy

    @property
    def name(self) -> str:
        """The name of the policy that judges."""
        return self.policy.name

    def judge_all(self, cases: Sequence[Case]) -> list[Judgement]:
        """Judge the votes on several transactions."""
        judged = self.policy.judge_all(cases)
        return [_guarded(judgement, votes) for judgement, (votes, _) in zip(judged, cases, strict=True)]


def _guarded(judgement: Judgement, votes: Sequence[WeightedBallot]) -> Judgement:
    # For this very category: a method that voted for another one is no second opinion.
    others = any(vote.method is not Method.LLM and vote.ballot.category == judgement.category for vote in votes)
    return judgement if others else judgement._replace(requires_review=True)


def with_answers(ensemble: Ensemble, answers: Answers) -> Ensemble:
    """The ensemble with the LLM's ballots on one batch, under guard."""
    # A new ensemble for each batch: answers of one must not vote on another.
    return replace(ensemble, voters=[*ensemble.voters, answers], policy=LlmGuard(ensemble.policy))
