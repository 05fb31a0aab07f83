"""What somebody wants for their own account: for it and no other, deletable, and a proposal when many agree."""

from random import Random
from typing import Literal

import pytest

from models.contracts.corrections import Correction, Scope, Standing
from models.contracts.instructions import Action
from models.learned.online.entries import Limits, Outcome, Reason, Status
from models.learned.online.keys import LineKeys, account_token
from models.learned.online.learner import OnlineLearner
from models.learned.online.memories.accounts import proposal_id
from models.learned.online.model import OnlineModel
from models.learned.online.state import Means
from tests.harness.corrections import followed, keys_of_text, learner, said, said_of_text, take_all, told

SECRET = b"known to the learner and its workers"


def wish(
    number: int, text: str, category: str, account: str, *, minutes: float = 0, actor: str | None = None
) -> Correction:
    """A customer's correction for their own account."""
    return said(
        number,
        text,
        category,
        actor=actor or f"holder of {account}",
        minutes=minutes,
        scope=Scope.ACCOUNT,
        account=account,
        standing=Standing.CUSTOMER,
    )


def after(entries: list[Correction], limits: Limits | None = None) -> tuple[OnlineLearner, OnlineModel]:
    """The learner, and a worker's model."""
    one = take_all(learner(limits, means=Means(secret=SECRET)), entries)
    model = OnlineModel(secret=SECRET)
    model.apply(one.snapshot().items())
    return one, model


def test_a_wish_is_for_that_account_and_no_other() -> None:
    """10,000 random pairs of accounts and merchants."""
    random = Random(11)
    accounts, texts = [f"acct-{each}" for each in range(100)], [f"shop {each}" for each in range(100)]
    wishes = {(random.choice(accounts), random.choice(texts)): random.choice(("travel", "pets")) for _ in range(300)}
    entries = [
        wish(number, text, category, account) for number, ((account, text), category) in enumerate(wishes.items())
    ]
    _, model = after(entries)
    pairs = [(random.choice(accounts), random.choice(texts)) for _ in range(10_000)]
    for account, text in pairs:
        assert wishes.get((account, text)) == model.account(account, keys_of_text(text))
    assert all(said_of_text(model, text) is None for text in texts)


def test_nothing_published_or_reported_tells_the_account() -> None:
    """Parts are named by a keyed hash; the report tells no wish."""
    one, _ = after([wish(1, "Blue Barn", "travel", "acct-7")], Limits(actor_rate=1))
    one.take(wish(2, "Red Barn", "travel", "acct-7"), offset=9)
    published = repr(one.snapshot())
    assert "acct-7" not in published
    held = one.report()["quarantine"]
    assert [("rate", None, None)] == [(each["reason"], each["merchant"], each["category"]) for each in held]
    assert "acct-7" not in repr([{**each, "actor": ""} for each in held])
    other = OnlineModel(secret=b"another")
    other.apply(one.snapshot().items())
    assert other.account("acct-7", keys_of_text("Blue Barn")) is None


def test_a_private_person_is_remembered_as_a_token() -> None:
    """Rent to somebody by name: for the account that pays it, and the name is nowhere."""
    keys = LineKeys(None, (), "out", "", "transferadamsmith")
    one = OnlineLearner(Limits(), lambda _correction: keys, learner()._holdout, means=Means(secret=SECRET))
    one.take(wish(1, "-", "housing", "acct-7"), offset=1)
    model = OnlineModel(secret=SECRET)
    model.apply(one.snapshot().items())
    assert "housing" == model.account("acct-7", keys)
    assert model.account("acct-8", keys) is None
    assert "smith" not in repr(one.snapshot())
    # For everyone nothing is learned of it.
    assert Status.NOTHING is one.take(said(2, "-", "housing"), offset=2).status


def test_an_account_remembers_so_many_merchants() -> None:
    """The oldest goes first, by when it was said."""
    entries = [wish(each, f"shop {each}", "pets", "acct-7", minutes=9 - each) for each in range(4)]
    one, model = after(entries, Limits(account_merchants=2))
    known = [model.account("acct-7", keys_of_text(f"shop {each}")) for each in range(4)]
    assert ["pets", "pets", None, None] == known
    assert 2 == one.report()["parts"]["account"]


def test_a_customer_speaks_for_their_own_books_only() -> None:
    """Whatever the scope says, and not without an account."""
    one = learner()
    entry = said(1, "Blue Barn", "pets", standing=Standing.CUSTOMER, account="acct-7")
    assert Outcome(Status.ACCEPTED, changed=True) == one.take(entry, offset=1)
    assert said_of_text(followed(one), "blue barn") is None
    assert "pets" == followed(one).account("acct-7", keys_of_text("blue barn"))
    without = said(2, "Blue Barn", "pets", standing=Standing.CUSTOMER)
    assert Outcome(Status.REFUSED, Reason.STANDING) == one.take(without, offset=2)


def test_many_accounts_that_agree_make_a_proposal() -> None:
    """Five, four in five of all with a wish; an approver decides."""
    entries = [wish(each, "Blue Barn", "travel", f"acct-{each}") for each in range(4)]
    one, _ = after(entries)
    assert 0 == one.report()["proposals_total"]
    assert Status.ACCEPTED is one.take(wish(5, "Blue Barn", "pets", "acct-5"), offset=10).status
    assert Outcome(Status.PROPOSAL, changed=True) == one.take(wish(6, "Blue Barn", "travel", "acct-6"), offset=11)
    (proposal,) = one.report()["proposals"]
    assert ("bluebarn", "travel", 5, 6) == tuple(
        proposal[each] for each in ("merchant", "category", "agreeing", "accounts")
    )
    assert said_of_text(followed(one), "blue barn") is None
    assert proposal_id(("out", "bluebarn"), "travel") == proposal["proposal_id"]
    one.take(told(1, Action.APPROVE, proposal["proposal_id"]), offset=12)
    assert "travel" == said_of_text(followed(one), "blue barn")
    assert 0 == one.report()["proposals_total"]


@pytest.mark.parametrize("proposals", ["ask", "apply"])
def test_one_person_with_many_accounts_makes_no_proposal(proposals: Literal["ask", "apply"]) -> None:
    """Whoever names accounts may make them up: people count, not what they name."""
    entries = [wish(each, "Blue Barn", "travel", f"made-up-{each}", actor="mallory") for each in range(20)]
    one, model = after(entries, Limits(proposals=proposals))
    assert 0 == one.report()["proposals_total"]
    assert said_of_text(model, "blue barn") is None
    # Nor does one who contradicts with as many stop what others agree on.
    take_all(one, [wish(100 + each, "Blue Barn", "pets", f"acct-{each}") for each in range(5)])
    assert [] == [each["category"] for each in one.report()["proposals"] if each["category"] != "pets"]
    assert ("pets" if proposals == "apply" else None) == said_of_text(followed(one), "blue barn")


def test_a_declined_proposal_is_not_made_again() -> None:
    """However many accounts join."""
    one, _ = after([wish(each, "Blue Barn", "travel", f"acct-{each}") for each in range(5)])
    target = proposal_id(("out", "bluebarn"), "travel")
    assert Status.ACCEPTED is one.take(told(1, Action.DECLINE, target), offset=10).status
    assert Status.ACCEPTED is one.take(wish(7, "Blue Barn", "travel", "acct-7"), offset=11).status
    assert Status.UNKNOWN is one.take(told(2, Action.APPROVE, target), offset=12).status
    assert said_of_text(followed(one), "blue barn") is None


def test_a_proposal_may_be_applied_at_once() -> None:
    """As configured."""
    one, model = after(
        [wish(each, "Blue Barn", "travel", f"acct-{each}") for each in range(5)], Limits(proposals="apply")
    )
    assert "travel" == said_of_text(model, "blue barn")
    assert one.report()["lately"][0]["actor"] is None


@pytest.mark.parametrize("others", [0, 3])
def test_deleting_an_account_leaves_no_trace(others: int) -> None:
    """The state is that of a run without it, and workers are told which parts are gone."""
    entries = [wish(each, f"shop {each}", "pets", "acct-7") for each in range(5)]
    rest = [wish(10 + each, "shop 1", "fuel", f"acct-{each}") for each in range(others)]
    one, model = after([*entries, *rest])
    one.updates()
    outcome = one.take(told(1, Action.FORGET_ACCOUNT, "acct-7"), offset=50)
    assert Outcome(Status.ACCEPTED, changed=True) == outcome
    model.apply(updates := one.updates())
    gone = [name for name, content in updates if content is None]
    assert 5 == len(gone)
    assert model.account("acct-7", keys_of_text("shop 1")) is None
    without, _ = after(rest)
    assert (without.digest, without.digest) == (one.digest, model.digest)
    for name in gone:
        assert name not in one.snapshot()
    assert Status.UNKNOWN is one.take(told(2, Action.FORGET_ACCOUNT, "acct-7"), offset=51).status
    assert "acct-7" not in repr(traces(one))


def test_what_a_reviewer_taught_by_an_accounts_line_goes_with_it() -> None:
    """It is known by the account's token alone; what others taught of that merchant stays."""
    one, without = (learner(means=Means(secret=SECRET)) for _ in range(2))
    token = account_token("acct-7", SECRET)
    own = [said(each, f"shop {each}", "pets").model_copy(update={"account_token": token}) for each in range(3)]
    rest = [said(10, "shop 1", "fuel", actor="r-2"), said(11, "shop 9", "pets")]
    take_all(one, [*own, *rest, told(1, Action.FORGET_ACCOUNT, "acct-7")])
    assert without.state_digest != one.state_digest
    for offset, each in enumerate(rest, 3):
        without.take(each, offset=offset)
    assert without.state_digest == one.state_digest
    assert token not in repr(traces(one)["_entries"])


def test_an_account_is_forgotten_with_what_was_taken_back_before() -> None:
    """Also the ids of its corrections go, with who gave them: the journal does not know them either."""
    one = take_all(learner(), [wish(1, "Blue Barn", "travel", "acct-7"), told(1, Action.FORGET_CORRECTION, "c-1")])
    assert Status.UNKNOWN is one.take(told(2, Action.FORGET_ACCOUNT, "acct-7"), offset=9).status
    assert "acct-7" not in repr(traces(one))


def traces(one: OnlineLearner) -> dict[str, object]:
    """All that a learner has in memory, but for what it asks."""
    state = one._state
    return vars(one) | {name: getattr(state, name) for name in state.__slots__ if name not in ("limits", "means")}
