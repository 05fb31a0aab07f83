"""The model of texts in the learner's hands: published now and then, held by the holdout, forgotten with the rest."""

from models.contracts.corrections import Correction
from models.contracts.instructions import Action, Instruction
from models.learned.online.entries import Limits
from models.learned.online.holdout import HoldoutRow
from models.learned.online.learner import OnlineLearner
from models.learned.online.model import Ground, OnlineModel
from models.learned.online.state import Means
from models.learned.online.text import TextLearner
from models.learned.online.weights import TextWeights
from tests.harness.corrections import keys_of_text, learner, said, take_all, told

MEANS = Means(new_text=TextLearner, read_text=TextWeights.of)
LIMITS = Limits(text_every=40)
NAMES = ("oak", "elm", "ash", "fir", "yew", "box", "hazel", "maple", "cedar", "willow")
TRADES = (("veterinary clinic", "pets"), ("car wash", "auto"))


def entries(*, actor: str = "r-1", begin: int = 0, rounds: int = 2) -> list[Correction | Instruction]:
    """Corrections of merchants whose trade is in their name."""
    names = [name + ("" if each == 0 else f" {each}") for each in range(rounds) for name in NAMES]
    pairs = [(f"{name} {trade}", category) for name in names for trade, category in TRADES]
    return [said(begin + place, text, category, actor=actor) for place, (text, category) in enumerate(pairs)]


def worker_of(one: OnlineLearner) -> OnlineModel:
    """A worker's model that has read all that the learner published."""
    model = OnlineModel(read_text=TextWeights.of)
    model.apply(one.snapshot().items())
    assert model.digest == one.digest
    return model


def test_texts_are_published_now_and_then() -> None:
    """After the fortieth correction; a worker then has an opinion on a merchant that nobody corrected."""
    one = learner(LIMITS, means=MEANS)
    given = entries()
    take_all(one, given[:39])
    assert "text" not in one.snapshot()
    take_all(one, given[39:])
    found = worker_of(one).text(keys_of_text("juniper veterinary clinic"))
    assert found is not None
    assert ("pets", Ground.ONLINE) == (found.category, found.kind)
    assert worker_of(one).text(keys_of_text("zzz")) is None


def test_the_holdout_vetoes_a_snapshot() -> None:
    """Lines that the model is not sure of are asked; sure ones are none of its business."""
    keys, category = keys_of_text("juniper veterinary clinic"), "charity_donations"
    unsure = HoldoutRow(keys, category, frozenset({category}), "b", sure=False)
    one = take_all(learner(LIMITS, rows=[unsure] * 20, means=MEANS), entries())
    assert "text" not in one.snapshot()
    assert ["text"] == one.report()["holdout"]["vetoed"]
    sure = take_all(learner(LIMITS, rows=[unsure._replace(sure=True)] * 20, means=MEANS), entries())
    assert "text" in sure.snapshot()


def test_what_is_forgotten_was_never_in_the_weights() -> None:
    """The snapshot is the one of a run without, bit for bit."""
    given = entries()
    one = take_all(learner(LIMITS, means=MEANS), [*given, *entries(actor="r-2", begin=100, rounds=3)[40:]])
    one.take(told(1, Action.FORGET_ACTOR, "r-2"), offset=500)
    without = take_all(learner(LIMITS, means=MEANS), given)
    assert without.snapshot()["text"] == one.snapshot()["text"]
    assert (without.digest, without.state_digest) == (one.digest, one.state_digest)
