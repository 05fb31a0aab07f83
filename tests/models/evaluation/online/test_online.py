"""What corrections change, measured: on made-up rows and the shipped model, each figure beside its bar."""

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import count

import pytest

from models.contracts.events import Transaction
from models.decisions.ensemble import Ensemble
from models.decisions.loading import load_ensemble
from models.evaluation.online.attacks import MANNERS, collusion, wrong_corrections
from models.evaluation.online.figures import Figure, data_of, share_figure
from models.evaluation.online.lessons import families, look_alikes, merchants, wrong_merchants
from models.evaluation.online.rows import Stage, loss, seen, worst_loss
from models.evaluation.online.run import OnlineOptions, run, stage_of
from models.learned.memory import MerchantMemory
from models.learned.online.model import OnlineModel
from models.learned.online.records import Standing, merchant_part, standing_bytes
from models.statistics.shares import share

# Names that tell another trade than theirs: the model gets them wrong.
WRONG = (
    ("VELVET PIZZA STUDIO", "clothing"),
    ("QUARTZ BAKERY WORKS", "electronics"),
    ("HARBOUR CAFE MOTORS", "insurance"),
    ("LANTERN SUSHI BOOKS", "education"),
    ("COPPER DINER GLASS", "home_garden"),
    ("MEADOW PUB CLINIC", "pets"),
)
RIGHT = (("TIM HORTONS #12", "food_dining"), ("SHELL C0123", "fuel"), ("FOOD BASICS 606", "groceries"))


@pytest.fixture(scope="module")
def ensemble() -> Ensemble:
    """The shipped model."""
    return load_ensemble()


@pytest.fixture(scope="module")
def stage(ensemble: Ensemble) -> Stage:
    """Rows of merchants that it gets wrong, and of some that it gets right."""
    numbers = count()

    def rows(pairs: Sequence[tuple[str, str]], each: int) -> list[tuple[Transaction, frozenset[str]]]:
        repeated = [pair for pair in pairs for _ in range(each)]
        return [(transaction(text, next(numbers)), frozenset({category})) for text, category in repeated]

    found = seen(ensemble, [*rows(WRONG, 6), *rows(RIGHT, 60)])
    return stage_of(ensemble, MerchantMemory(), found, seed=1)


def transaction(text: str, number: int) -> Transaction:
    """A purchase."""
    return Transaction(
        transaction_id=f"t-{number}",
        account_id="a",
        description=text,
        amount="12.50",
        currency="CAD",
        timestamp=datetime(2026, 3, 2, tzinfo=UTC),
    )


def named(figures: Sequence[Figure], name: str) -> Figure:
    """The figure of a name."""
    (found,) = [figure for figure in figures if figure.name == name]
    return found


def test_rows_are_halved(stage: Stage) -> None:
    """One half is guarded, the other is measured."""
    assert 216 == len(stage.holdout) + len(stage.rows)
    assert 108 == len(stage.holdout)
    assert len(wrong_merchants([*stage.holdout, *stage.rows])) > 3


def test_corrected_merchants_are_right_afterwards(stage: Stage) -> None:
    """And nothing else is changed."""
    figures = merchants(stage, number=50, seed=0)
    before = named(figures, "their other transactions right before")
    after = named(figures, "their other transactions right afterwards")
    assert (0.0, 1.0, True) == (before.value, after.value, after.kept)
    lost = named(figures, "loss on everything else")
    assert (0.0, True) == (lost.value, lost.kept)


def test_stores_of_families_follow(stage: Stage) -> None:
    """Made up of the names that are wrong."""
    after = named(families(stage, draws=1, seed=0), "unseen stores of the same families right afterwards")
    assert after.rows > 50
    assert after.value > 0.9


def test_look_alikes_do_not(stage: Stage) -> None:
    """Too few pairs are told as they are."""
    (figure,) = look_alikes(stage, number=5, seed=0)
    assert 0.0 == figure.value


def test_attacks_cost_little(stage: Stage) -> None:
    """And forgetting the actor is a run without."""
    figures = wrong_corrections(stage, number=200, hours=24, seed=0)
    assert named(figures, "digest of a run without them, when the actor is forgotten").kept
    assert named(figures, "loss on the learner's holdout").kept
    colluded = collusion(stage, actors=30, each=2, seed=0)
    assert 3 * len(MANNERS) == len(colluded)
    assert all(figure.kept for figure in colluded)
    assert {"60 of 60 wait"} == {figure.note for figure in colluded}


def test_a_loss_has_its_interval(stage: Stage) -> None:
    """On the same rows, by group too."""
    model = OnlineModel()
    assert loss(model, []) is None
    right = [row for row in stage.rows if row.key == ("out", "timhortons")]
    model.apply([(merchant_part(("out", "timhortons")), standing_bytes(Standing("pets", 1, 1)))])
    found = loss(model, stage.rows)
    assert found is not None
    assert len(right) / len(stage.rows) == pytest.approx(found.points)
    assert found.interval[0] < found.points < found.interval[1]
    worst = worst_loss(model, stage.rows)
    assert worst is not None
    assert "band under_100" == worst[0]


def test_all_parts_are_played(stage: Stage, ensemble: Ensemble) -> None:
    """In their order, with figures for programs."""
    options = OnlineOptions(merchants=2, draws=1, pairs=2, wrong=10, actors=2, each=2, timed=100)
    names: list[str] = []
    ticks = count()
    parts = run(stage, options, fresh=lambda: ensemble, clock=lambda: float(next(ticks)), on_part=names.append)
    assert [name for name, _ in parts] == names
    speeds = dict(parts)["speed"]
    assert [100.0, 100.0] == [figure.value for figure in speeds]
    assert names == [part["part"] for part in data_of(parts)]


def test_figures_stand_beside_their_bars() -> None:
    """For people and for programs."""
    figure = share_figure("right", share(95, 100), bar=0.95)
    assert ("right", "95.0% [88.8, 97.8] of 100", "at least 95.0%", "kept") == figure.cells()
    assert (True, 95, 0.95) == (figure.kept, round(100 * figure.value), figure.data()["value"])
    most = Figure("changed", 3, 10, bar=0, at_least=False, note="of ten")
    assert ("changed (of ten)", "3 of 10", "at most 0", "not kept") == most.cells()
    assert ("told", "3 of 10", "", "") == Figure("told", 3, 10).cells()
    assert share_figure("none", None, bar=0.95).kept is False
