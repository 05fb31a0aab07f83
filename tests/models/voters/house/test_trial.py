"""What rules would do, on transactions with and without a person's word."""

from models.voters.house.rules import HouseRules
from models.voters.house.trial import Outcome, Tried, count_outcomes, try_rules
from tests.harness.voters import transaction

RULES = HouseRules.read(
    b"""
- {id: pier, text: pier, category: pets, who: ops, why: said}
- {id: wash, text: car wash, category: auto, who: ops, why: said}
- {id: idle, merchant: nobody, category: fuel, who: ops, why: said}
"""
)


def test_a_trial_says_which_fired_which_never_and_which_people_corrected() -> None:
    """Counts by rule; the hits of the rules themselves stay as they are."""
    trial = try_rules(
        RULES,
        [
            Tried(transaction("1", description="NORTH PIER"), None, "pets", "fuel", reviewed=True),
            Tried(transaction("2", description="NORTH PIER"), None, "travel", "pets"),
            Tried(transaction("3", description="PIER"), None, None, "fuel"),
            Tried(transaction("4", description="PIER"), None, "travel", "travel"),
            Tried(transaction("5", description="CAR WASH 4")),
            Tried(transaction("6", description="TIM HORTONS"), "timhortons", "food_dining", "food_dining"),
        ],
    )
    pier, wash, idle = trial.rules
    assert (4, 2, 4, 3, (("fuel", 2), ("travel", 1)), "1", 0.25) == (
        pier.fired,
        pier.changed,
        pier.labelled,
        pier.corrected,
        pier.said_instead,
        pier.first,
        pier.right,
    )
    assert (1, 0, None) == (wash.fired, wash.labelled, wash.right)
    assert ((pier, wash), (idle,), (pier,)) == (trial.fired, trial.never_fired, trial.corrected)
    assert (1, 0) == (pier.spared, wash.spared)
    assert ((("travel", "pets"), 2),) == trial.moves
    assert (6, 5) == (trial.transactions, trial.decided)
    assert 0 == RULES.hits.total()


def test_what_happened_is_counted_as_it_was_then() -> None:
    """A label is held against what the rule said when it decided; rules that are gone are told apart."""
    trial = count_outcomes(
        RULES.rules,
        [
            Outcome("1", "pier", "fuel", label="fuel"),
            Outcome("2", "pier", "pets", label="fuel"),
            Outcome("3", "old", "pets"),
            Outcome("4", "old", "pets", label="fuel"),
            Outcome("5"),
        ],
    )
    assert (2, 2, 1) == (trial.rules[0].fired, trial.rules[0].labelled, trial.rules[0].corrected)
    assert ((("old", 2),), 5) == (trial.unlisted, trial.transactions)
