"""Decisions beside their truth."""

import pytest

from models.contracts.events import AmountBand, Vote
from models.decisions.ensemble import Ensemble
from models.evaluation.data.labelled_file import LabelledRow
from models.evaluation.judged import Basis, basis, judge
from models.voters.contract import Ballot, Method
from tests.harness.voters import NOON, SaysAlways, sure_of, transaction


def vote(method: str, evidence: str) -> Vote:
    """A vote with this evidence."""
    return Vote.model_validate(
        {"method": method, "category": "fuel", "confidence": 0.9, "weight": 0.5, "evidence": evidence}
    )


@pytest.mark.parametrize(
    ("text", "rules", "expected"),
    [
        ("seen before, 3 of 3 times so", "brand shell (written)", Basis.SEEN),
        ('text ~ "shell"', "brand shell (written), cue word oil", Basis.BRAND),
        ('text ~ "fee"', "statement says bank fee", Basis.BANK),
        ('text ~ "pizza"', "cue word pizza", Basis.CUE),
        ('text ~ "zzgq"', None, Basis.NONE),
        (None, None, Basis.NONE),
    ],
)
def test_basis_is_read_off_the_votes(text: str | None, rules: str | None, expected: Basis) -> None:
    """What the text voter remembers comes first, then what the rules rest on; a code says nothing of the merchant."""
    said = {"mcc": "mcc 5541 service stations", "text": text, "rules": rules}

    assert expected is basis([vote(method, evidence) for method, evidence in said.items() if evidence])


def test_an_ensemble_is_judged_row_by_row() -> None:
    """Order is kept; right is what the truth allows; the merchant is a key without store numbers."""
    rows = [
        LabelledRow(2, transaction(amount="20"), frozenset({"fuel", "auto"}), "bank a"),
        LabelledRow(3, transaction(amount="-2000", description="SHELL"), frozenset({"pets"})),
    ]

    first, second = judge(sure_of("fuel"), rows, now=NOON)

    assert (True, False) == (first.right, second.right)
    assert (True, "fuel", "timhortons", "bank a") == (first.accepted, first.category, first.merchant, first.source)
    assert (AmountBand.OVER_1000, "shell", "CAD") == (second.amount_band, second.merchant, second.currency)


def test_differently_assembled_ensembles_can_be_compared() -> None:
    """An ablation: the same rows, one voter less."""
    rows = [LabelledRow(2, transaction(), frozenset({"fuel"}))]
    brand = SaysAlways(Method.RULES, Ballot("fuel", 0.9, "brand shell (written)"))
    text = SaysAlways(Method.TEXT, Ballot("pets", 0.3, "text"))

    (whole,) = judge(Ensemble([brand, text], "m", weights={Method.RULES: 0.5, Method.TEXT: 0.5}), rows, now=NOON)
    (less,) = judge(Ensemble([text], "m"), rows, now=NOON)

    assert [(True, Basis.BRAND), (False, Basis.NONE)] == [(each.right, each.basis) for each in (whole, less)]
