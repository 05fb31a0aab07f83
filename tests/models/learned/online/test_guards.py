"""Guards: nobody teaches too much, nobody flips what many know, and nothing may cost the holdout too much."""

from datetime import timedelta

import pytest

from models.contracts.corrections import Standing
from models.contracts.instructions import Action
from models.learned.online.entries import Limits, Outcome, Reason, Status
from models.learned.online.holdout import HoldoutRow
from models.learned.online.learner import OnlineLearner
from models.learned.online.memories.words import Known
from models.learned.online.state import Means
from tests.harness.corrections import BEGIN, followed, keys_of_text, learner, said, said_of_text, take_all, taken, told

FREQUENT = Means(known=lambda keys: Known("food_dining", 500) if keys.merchant == "timhortons" else None)


def reasons(one: OnlineLearner) -> dict[str, int]:
    """Corrections in quarantine by reason."""
    found = one.report()["quarantine_reasons"]
    assert isinstance(found, dict)
    return found


def test_one_actor_has_a_rate() -> None:
    """FAULTS 27: beyond it corrections wait, until an hour has gone by since the first of them."""
    one = learner(Limits(actor_rate=3))
    outcomes = [one.take(said(number, f"shop {number}", "pets"), offset=number).status for number in range(5)]
    assert [Status.ACCEPTED] * 3 + [Status.CAPPED] * 2 == outcomes
    assert {"rate": 2} == reasons(one)
    assert Status.ACCEPTED is one.take(said(5, "shop 5", "pets", actor="r-2"), offset=5).status
    assert Status.ACCEPTED is one.take(said(6, "shop 6", "pets", minutes=61), offset=6).status
    # What is said late counts as said with the newest.
    late = [said(7 + each, f"shop {each}", "fuel", minutes=-1) for each in range(3)]
    outcomes = [one.take(each, offset=7 + place).status for place, each in enumerate(late)]
    assert [Status.LATE, Status.LATE, Status.CAPPED] == outcomes


def test_a_full_hour_gives_no_second_rate() -> None:
    """What is said before it counts after it, too: the hour is the one that ends with each correction."""
    one = learner(Limits(actor_rate=3))
    minutes = (59.5, 59.6, 59.7, 60.1, 60.2, 119.4, 119.5, 119.55)
    outcomes = [
        one.take(said(number, f"shop {number}", "pets", minutes=at), offset=number).status
        for number, at in enumerate(minutes)
    ]
    capped, accepted = Status.CAPPED, Status.ACCEPTED
    # What waits does not count: three are let pass in any hour.
    assert [accepted] * 3 + [capped] * 3 + [accepted, capped] == outcomes


def test_an_hour_is_the_journals_where_the_entry_claims_a_later_one() -> None:
    """Making up hours does not help."""
    one = learner(Limits(actor_rate=3))
    outcomes = [
        one.take(said(each, f"shop {each}", "pets", minutes=60 * each), offset=each, at=BEGIN + timedelta(seconds=each))
        for each in range(5)
    ]
    assert [Status.CAPPED] * 2 == [outcome.status for outcome in outcomes[3:]]


def test_a_frequent_merchant_flips_when_people_agree() -> None:
    """One person's word waits, the second makes both count; an approver's is enough."""
    one = learner(means=FREQUENT)
    assert Outcome(Status.QUARANTINED, Reason.AGREEMENT) == one.take(said(1, "Tim Hortons", "pets"), offset=1)
    assert said_of_text(followed(one), "tim hortons") is None
    # The same person twice is one person.
    again = one.take(said(2, "Tim Hortons", "pets", minutes=1), offset=2)
    assert Outcome(Status.QUARANTINED, Reason.AGREEMENT) == again
    assert {"agreement": 1} == reasons(one)
    assert Outcome(Status.ACCEPTED, changed=True) == one.take(said(3, "Tim Hortons", "pets", actor="r-2"), offset=3)
    assert "pets" == said_of_text(followed(one), "tim hortons")
    assert {} == reasons(one)
    other = learner(means=FREQUENT)
    other.take(said(1, "Tim Hortons", "pets", standing=Standing.APPROVER), offset=1)
    assert "pets" == said_of_text(followed(other), "tim hortons")


def test_what_is_known_may_be_confirmed() -> None:
    """Nobody needs to agree to that."""
    one = learner(means=FREQUENT)
    assert Status.ACCEPTED is one.take(said(1, "Tim Hortons", "food_dining"), offset=1).status


def test_what_waits_is_released_or_rejected() -> None:
    """By an approver; a reviewer may do neither."""
    one = learner(means=FREQUENT)
    one.take(said(1, "Tim Hortons", "pets"), offset=1)
    refused = one.take(told(1, Action.RELEASE, "c-1", standing=Standing.REVIEWER), offset=2)
    assert Outcome(Status.REFUSED, Reason.STANDING) == refused
    assert Outcome(Status.ACCEPTED, changed=True) == one.take(told(2, Action.RELEASE, "c-1"), offset=3)
    assert "pets" == said_of_text(followed(one), "tim hortons")
    assert Outcome(Status.UNKNOWN) == one.take(told(3, Action.RELEASE, "c-1"), offset=4)
    other = learner(means=FREQUENT)
    other.take(said(1, "Tim Hortons", "pets"), offset=1)
    other.take(told(1, Action.REJECT, "c-1"), offset=2)
    # Its word is gone: a second person is alone again.
    assert Reason.AGREEMENT is other.take(said(2, "Tim Hortons", "pets", actor="r-2"), offset=3).reason


def test_nobody_releases_what_they_have_said_themselves() -> None:
    """Four eyes, also where others said it with them; somebody else may, and the author may drop it."""
    one = learner(Limits(crowd=3), means=FREQUENT)
    one.take(said(1, "Tim Hortons", "pets", actor="boss"), offset=1)
    own = Outcome(Status.REFUSED, Reason.OWN)
    assert own == one.take(told(1, Action.RELEASE, "c-1"), offset=2)
    assert {"agreement": 1} == reasons(one)
    assert Status.ACCEPTED is one.take(told(2, Action.RELEASE, "c-1", actor="chief"), offset=3).status
    take_all(one, [said(10 + each, "Tim Hortons", "fuel", actor=f"new-{each}", minutes=each) for each in range(6)])
    assert {"crowd": 6} == reasons(one)
    assert own == one.take(told(3, Action.RELEASE, "c-15", actor="new-0", minutes=7), offset=20)
    assert Status.ACCEPTED is one.take(told(4, Action.REJECT, "c-15", actor="new-0", minutes=7), offset=21).status


def test_what_is_said_late_is_no_reason_to_doubt_anybody() -> None:
    """It waits as late where only newer words stand against it, and as outvoted where it would be in any order."""
    one = taken([said(1, "Blue Barn", "pets", actor="r-2", minutes=9)])
    assert Reason.LATE is one.take(said(2, "Blue Barn", "groceries", minutes=5), offset=1).reason
    one.take(said(3, "Blue Barn", "pets", actor="r-3", minutes=10), offset=2)
    assert Reason.OUTVOTED is one.take(said(4, "Blue Barn", "fuel", actor="r-4", minutes=5), offset=3).reason
    approver = said(5, "Red Fox", "pets", actor="boss", minutes=9, standing=Standing.APPROVER)
    one.take(approver, offset=4)
    assert Reason.LATE is one.take(said(6, "Red Fox", "fuel", minutes=5), offset=5).reason
    assert Status.ACCEPTED is one.take(told(1, Action.RELEASE, "c-6", minutes=20), offset=6).status
    assert "fuel" == said_of_text(followed(one), "red fox")
    many = [said(100 + each, f"shop {each}", "pets", actor=f"o-{each}", minutes=9) for each in range(12)]
    many += [said(200 + each, f"shop {each}", "fuel", actor="slow", minutes=5) for each in range(12)]
    assert {"late": 12} == reasons(take_all(learner(), many))


def test_the_report_says_what_became_of_each_instruction() -> None:
    """By its id, so that whoever gave it can find it; without its target, which may be an account."""
    one = learner(means=FREQUENT)
    one.take(said(1, "Tim Hortons", "pets"), offset=1)
    one.take(told(1, Action.RELEASE, "c-9"), offset=2)
    one.take(told(2, Action.FORGET_ACCOUNT, "acc-1"), offset=3)
    one.take(told(3, Action.RELEASE, "c-1"), offset=4)
    one.take(told(3, Action.RELEASE, "c-1"), offset=5)
    one.take(told(4, Action.FREEZE, actor="r-1", standing=Standing.REVIEWER), offset=6)
    found = [(each["instruction_id"], each["status"], each["reason"]) for each in one.report()["instructions"]]
    assert [
        ("i-4", "refused", "standing"),
        ("i-3", "accepted", ""),
        ("i-2", "unknown", ""),
        ("i-1", "unknown", ""),
    ] == found
    assert "acc-1" not in str(one.report())


def test_an_approvers_word_outdoes_those_before_it() -> None:
    """And two later ones outdo it."""
    one = taken([said(each, "Blue Barn", "pets", actor=f"r-{each}", minutes=each) for each in range(3)])
    one.take(said(3, "Blue Barn", "fuel", actor="boss", minutes=3, standing=Standing.APPROVER), offset=3)
    assert "fuel" == said_of_text(followed(one), "blue barn")
    one.take(said(4, "Blue Barn", "groceries", actor="r-8", minutes=4), offset=4)
    assert "fuel" == said_of_text(followed(one), "blue barn")
    one.take(said(5, "Blue Barn", "groceries", actor="r-9", minutes=5), offset=5)
    assert "groceries" == said_of_text(followed(one), "blue barn")


def test_a_crowd_of_new_people_is_held_back() -> None:
    """1,000 actors with ten corrections each on one merchant, all against what is known: nothing comes of it."""
    one = learner(means=FREQUENT)
    entries = [
        said(number, "Tim Hortons", "loans_fees", actor=f"new-{number % 1000}", minutes=number / 1000)
        for number in range(10_000)
    ]
    take_all(one, entries)
    assert said_of_text(followed(one), "tim hortons") is None
    assert {"crowd"} == set(reasons(one))
    assert Limits().crowd < one.report()["quarantine_total"]
    one.take(told(1, Action.REJECT, "c-9999", minutes=11), offset=10_001)
    assert {} == reasons(one)


def test_a_crowd_is_released_as_one() -> None:
    """Where the many were right."""
    one = learner(Limits(crowd=3), means=FREQUENT)
    take_all(one, [said(each, "Tim Hortons", "pets", actor=f"new-{each}", minutes=each) for each in range(6)])
    assert {"crowd": 6} == reasons(one)
    one.take(told(1, Action.RELEASE, "c-5", minutes=7), offset=9)
    found = followed(one).merchant(keys_of_text("tim hortons"))
    assert found is not None
    assert ("pets", 6) == (found.category, found.support)
    assert {} == reasons(one)


def said_twice_then_in_a_crowd() -> OnlineLearner:
    """One whose first word waits, and whose second was released with a crowd's."""
    one = learner(Limits(crowd=3), means=FREQUENT)
    take_all(one, [said(1, "Tim Hortons", "pets", actor="a")])
    crowd = [said(10 + each, "Tim Hortons", "travel", actor=f"n-{each}", minutes=1 + each) for each in range(4)]
    take_all(one, [*crowd, said(2, "Tim Hortons", "travel", actor="a", minutes=6)])
    return take_all(one, [told(1, Action.RELEASE, "c-13", minutes=7)])


def test_a_word_that_was_replaced_when_a_crowd_was_released_waits_no_more() -> None:
    """Rejecting it takes nothing else away."""
    one = said_twice_then_in_a_crowd()
    assert {} == reasons(one)
    digest = one.state_digest
    assert Status.UNKNOWN is one.take(told(2, Action.REJECT, "c-1"), offset=20).status
    assert digest == one.state_digest
    found = followed(one).merchant(keys_of_text("tim hortons"))
    assert found is not None
    assert ("travel", 5) == (found.category, found.support)


def test_rejecting_takes_a_word_once() -> None:
    """Also where its author has none that stands any more."""
    one = said_twice_then_in_a_crowd()
    outcomes = take_all(one, [said(3, "Tim Hortons", "pets", actor="a", minutes=8)])
    assert {"outvoted": 1} == reasons(outcomes)
    assert Status.ACCEPTED is one.take(told(3, Action.REJECT, "c-3"), offset=20).status
    assert Status.UNKNOWN is one.take(told(4, Action.REJECT, "c-1"), offset=21).status
    assert "travel" == said_of_text(followed(one), "tim hortons")


@pytest.mark.parametrize("decided", [None, "loans_fees", "fuel"])
def test_a_crowd_is_one_whatever_it_claims_had_been_decided(decided: str | None) -> None:
    """On a merchant of which nothing is known: nobody else says what it is."""
    one = learner()
    take_all(
        one,
        [
            said(each, "Blue Barn", "loans_fees", actor=f"new-{each}", minutes=each / 100, decided=decided)
            for each in range(1000)
        ],
    )
    assert said_of_text(followed(one), "blue barn") is None
    assert {"crowd": 1000} == reasons(one)


def test_people_who_have_taught_other_things_are_no_crowd() -> None:
    """Nor are those who come one by one, over days."""
    limits = Limits(crowd=3)
    taught = [said(each, f"shop {each}", "pets", actor=f"r-{each // 3}") for each in range(18)]
    one = take_all(learner(limits, means=FREQUENT), taught)
    take_all(one, [said(900 + each, "Tim Hortons", "fuel", actor=f"r-{each}", minutes=5) for each in range(6)])
    assert "fuel" == said_of_text(followed(one), "tim hortons")
    other = learner(limits, means=FREQUENT)
    take_all(other, [said(each, "Tim Hortons", "fuel", actor=f"n-{each}", minutes=40 * each) for each in range(6)])
    assert "fuel" == said_of_text(followed(other), "tim hortons")


def rows(count: int, text: str, category: str, *, decided: str | None = None, band: str = "b") -> list[HoldoutRow]:
    """Lines of one merchant in a holdout."""
    return [HoldoutRow(keys_of_text(text), decided or category, frozenset({category}), band)] * count


def test_the_holdout_vetoes_what_costs_half_a_point() -> None:
    """6 of 1,000 rows; 5 are let pass, and no more on top of them."""
    holdout = rows(6, "Six", "pets") + rows(5, "Five", "auto") + rows(989, "Rest", "fuel") + rows(1, "One", "housing")
    one = learner(rows=holdout)
    assert Reason.HOLDOUT is one.take(said(1, "Six", "fuel"), offset=1).reason
    assert said_of_text(followed(one), "six") is None
    assert Status.ACCEPTED is one.take(said(2, "Five", "fuel"), offset=2).status
    assert Reason.HOLDOUT is one.take(said(3, "One", "fuel"), offset=3).reason
    assert {"all": 5, "auto": 5, "band b": 5} == one.report()["holdout"]["lost"]
    # An approver may have it all the same.
    one.take(told(1, Action.RELEASE, "c-1"), offset=4)
    assert "fuel" == said_of_text(followed(one), "six")


def test_the_holdout_vetoes_what_costs_one_group_two_points() -> None:
    """Of a category or band with 50 rows, however little it is of all rows: nobody buys accuracy with unevenness."""
    few, rest = rows(2, "Two", "pets", band="c"), rows(98, "Vet", "pets", band="c")
    one = learner(rows=[*rows(1, "Three", "pets"), *few, *rest, *rows(5000, "Rest", "fuel")])
    assert Status.ACCEPTED is one.take(said(1, "Two", "fuel"), offset=1).status
    assert Reason.HOLDOUT is one.take(said(2, "Three", "fuel"), offset=2).reason
    # Of fewer than 50 rows a category has no say.
    other = learner(rows=[*rows(3, "Two", "pets"), *rows(40, "Vet", "pets"), *rows(5000, "Rest", "fuel")])
    assert Status.ACCEPTED is other.take(said(1, "Two", "fuel"), offset=1).status


def test_what_helps_the_holdout_is_welcome() -> None:
    """Rows won are counted as lost ones below none."""
    one = learner(rows=[*rows(4, "Won", "pets", decided="fuel"), *rows(96, "Rest", "fuel")])
    assert Status.ACCEPTED is one.take(said(1, "Won", "pets"), offset=1).status
    assert -4 == one.report()["holdout"]["lost"]["all"]


def test_nothing_is_learned_while_frozen() -> None:
    """What comes meanwhile waits, and is learned in its order."""
    one = learner()
    one.take(told(1, Action.FREEZE), offset=1)
    assert one.frozen
    entries = [said(1, "Blue Barn", "pets"), said(2, "Blue Barn", "fuel", minutes=1)]
    assert [Status.FROZEN] * 2 == [one.take(entry, offset=2 + place).status for place, entry in enumerate(entries)]
    assert "0" == one.version
    assert 2 == one.report()["waiting"]
    assert Outcome(Status.ACCEPTED, changed=True) == one.take(told(2, Action.THAW), offset=5)
    assert "fuel" == said_of_text(followed(one), "blue barn")
    assert taken(entries).digest == one.digest


def test_what_is_said_is_scored_before_it_is_learned() -> None:
    """Against what had been decided, and what was learned by then."""
    one = learner()
    outcomes = [
        one.take(said(1, "Blue Barn", "pets", decided="fuel"), offset=1),
        one.take(said(2, "Blue Barn", "pets", decided="fuel", actor="r-2"), offset=2),
        one.take(said(3, "Red Barn", "pets"), offset=3),
    ]
    assert [False, True, None] == [outcome.right for outcome in outcomes]
    progress = one.report()["prequential"]
    assert (2, 1, 0.5) == (progress["scored"], progress["right"], progress["share"])


def test_a_drift_is_found() -> None:
    """When people begin to say something else than before (ADWIN)."""
    one = learner(Limits(actor_rate=10_000))
    take_all(one, [said(each, f"s {each}", "pets", decided="pets") for each in range(600)])
    assert 0 == one.report()["prequential"]["drifts"]
    take_all(one, [said(each, f"s {each}", "pets", decided="fuel") for each in range(600, 1200)])
    progress = one.report()["prequential"]
    assert progress["drifts"] > 0
    assert 600 < progress["last_drift"] < 800
