"""What rules would do, on transactions with and without a person's word."""

from models.voters.house.rules import HouseRules
from models.voters.house.trial import Tried, try_rules
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
            Tried(transaction("1", description="NORTH PIER"), None, "pets", "fuel"),
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
    assert (6, 5) == (trial.transactions, trial.decided)
    assert 0 == RULES.hits.total()
