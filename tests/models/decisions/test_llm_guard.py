"""FAULTS 23: the LLM may break a tie, and never posts alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.contracts.events import Reason
from models.contracts.taxonomy import CATEGORIES
from models.decisions.ensemble import Ensemble
from models.decisions.llm_guard import with_answers
from models.decisions.policy import AgreementPolicy
from models.decisions.verdict import Decided
from models.voters.contract import Ballot, Method, Voter
from models.voters.llm.voter import Answers
from tests.harness.voters import NOON, SaysAlways, says, transaction


def decide(*voters: Voter, llm: Ballot | None, threshold: float = 0.6) -> Decided:
    """What the slow lane decides on one transaction."""
    ensemble = Ensemble(voters, "m1", policy=AgreementPolicy(threshold=threshold))
    answers = Answers({"t1": llm} if llm else {})
    return with_answers(ensemble, answers).decide([transaction()], now=NOON)[0]


@pytest.mark.parametrize("voters", [(), (SaysAlways(Method.TEXT, None),), (says(Method.MCC, "pets", 0.01),)])
def test_the_llm_alone_posts_nothing(voters: tuple[Voter, ...]) -> None:
    """Sure of itself, and with a threshold that accepts nearly all: a person decides, and sees the vote."""
    decided = decide(*voters, llm=Ballot("fuel", 1.0, "llm small"), threshold=0.0)
    event = decided.event()
    assert (True, "fuel") == (event.requires_review, event.category)
    assert "llm" in {vote.method for vote in event.votes}
    assert (Reason.ONE_ALONE,) == event.reasons


def test_with_another_voter_behind_it_the_llm_counts() -> None:
    """One that was alone is so no more."""
    unsure = says(Method.TEXT, "fuel", 0.6)
    assert decide(unsure, llm=None).requires_review
    assert not decide(unsure, llm=Ballot("fuel", 0.5, "llm small")).requires_review


def test_without_a_vote_of_the_llm_the_decision_is_the_ensembles() -> None:
    """No answer leaves everything as it was."""
    ensemble = Ensemble([says(Method.TEXT, "fuel", 0.6), says(Method.MCC, "pets", 0.9)], "m1")
    plain = ensemble.decide([transaction()], now=NOON)[0]
    assert plain.event() == with_answers(ensemble, Answers({})).decide([transaction()], now=NOON)[0].event()


@given(
    st.dictionaries(
        st.sampled_from([Method.MCC, Method.RULES, Method.TEXT]),
        st.tuples(st.sampled_from(CATEGORIES[:4]), st.floats(0.01, 1)),
    ),
    st.sampled_from(CATEGORIES[:4]),
    st.floats(0, 1),
)
def test_what_is_accepted_has_another_voter_behind_it(
    opinions: dict[Method, tuple[str, float]], label: str, threshold: float
) -> None:
    """Whatever the votes and the threshold."""
    voters = [says(method, *opinion) for method, opinion in opinions.items()]
    decided = decide(*voters, llm=Ballot(label, 1.0, "llm small"), threshold=threshold)
    if not decided.requires_review:
        assert decided.category in {category for category, _ in opinions.values()}
