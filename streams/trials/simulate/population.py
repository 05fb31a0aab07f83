"""The population that fleets are drawn from: the shipped sample, decided on once by the real voters.

A transaction of a fleet is a row of the sample under an id and a time of its own. What the voters say of a row does not
depend on these, so they are asked once; everything after them is done again for each transaction.
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from models.contracts.events import Transaction, amount_band
from models.contracts.taxonomy import CATEGORIES
from models.contracts.wire import dump
from models.decisions.ensemble import Ensemble
from models.decisions.verdict import Traits
from models.errors import DataError
from models.statements.normalise import merchant_text
from models.voters.contract import Ballot, Method
from models.voters.mcc import code_category
from monitors.counts.cells import BANDS
from streams.trials.simulate.scenarios import FAMILY, Variant

LETTERS = 10
"""Characters that are left of a description that is cut."""

FREQUENT = 0.5
"""Share of a category's rows that its frequent merchants have."""

_BATCH = 500
_SYLLABLES = ("vo", "rta", "nik", "zel", "qua", "mir", "dox", "tev", "lum", "pra", "gus", "hyn", "osk", "bri", "fe")

Indices = NDArray[np.int64]
Flags = NDArray[np.bool_]
Ballots = tuple[Ballot | None, ...]
"""What each voter says of one transaction."""


@dataclass(frozen=True, slots=True)
class Form:
    """The rows in one form.

    Args:
        fields: For each row its transaction as JSON, from after the id and the time to the end.
        ballots: For each row what each voter says.
    """

    fields: Sequence[str]
    ballots: Sequence[Ballots]


@dataclass(frozen=True, slots=True)
class Population:
    """The rows, and what is true of them.

    Args:
        methods: The voters, in the order of the ballots.
        casts: Form to the rows in it; `Variant.ASKED` has the rows of `Variant.PLAIN`.
        truth: Place in `CATEGORIES` of the category that the card code says, shape (rows,).
        band: Place in `BANDS`, shape (rows,).
        decided: Place in `CATEGORIES` of the decision on the plain row, shape (rows,).
        accepted: The decision stands without a person, shape (rows,).
        error: Share of the accepted decisions that is wrong where the card codes are withheld.
    """

    methods: tuple[Method, ...]
    casts: Mapping[Variant, Form]
    truth: Indices
    band: Indices
    decided: Indices
    accepted: Flags
    error: float


def populate(ensemble: Ensemble, transactions: Sequence[Transaction], variants: Sequence[Variant]) -> Population:
    """Decide on the rows in all forms that are asked for.

    A row is left out where its code is not known, and where it was accepted as something else than its code says: which
    decisions are wrong is for the scenario to say.

    Raises:
        DataError: Fewer than two categories are left.
    """
    truths = [code_category(one.mcc or "", one.description) for one in transactions]
    ballots = _ballots(ensemble, transactions)
    decided = _decided(ensemble, transactions, ballots)
    kept = [
        place
        for place, (truth, traits) in enumerate(zip(truths, decided, strict=True))
        if truth is not None and (traits.requires_review or traits.category == truth)
    ]
    rows, right = [transactions[place] for place in kept], [str(truths[place]) for place in kept]
    if len(set(right)) < 2:
        raise DataError("the sample has fewer than two categories: there is nothing to compare")
    plain = Form([_fields(row) for row in rows], [ballots[place] for place in kept])
    casts = {Variant.PLAIN: plain, Variant.ASKED: plain}
    if Variant.UNKNOWN in variants:
        casts[Variant.UNKNOWN] = _recast(ensemble, plain, rows, _renamed(rows, right))
    if Variant.CUT in variants:
        casts[Variant.CUT] = _recast(
            ensemble, plain, rows, [_described(row, row.description[:LETTERS]) for row in rows]
        )
    return Population(
        methods=tuple(voter.method for voter in ensemble.voters),
        casts=casts,
        truth=_places(CATEGORIES, right),
        band=_places(BANDS, [decided[place].band for place in kept]),
        decided=_places(CATEGORIES, [decided[place].category for place in kept]),
        accepted=np.array([not decided[place].requires_review for place in kept]),
        error=_error(ensemble, rows, right),
    )


def _ballots(ensemble: Ensemble, rows: Sequence[Transaction]) -> list[Ballots]:
    return [
        ballots
        for first in range(0, len(rows), _BATCH)
        for ballots in zip(*(voter.vote(rows[first : first + _BATCH]) for voter in ensemble.voters), strict=True)
    ]


def _decided(ensemble: Ensemble, rows: Sequence[Transaction], ballots: Sequence[Ballots]) -> list[Traits]:
    """Judge the ballots, once where they are the same."""
    judge = cache(ensemble.judge)
    return [judge(cast, amount_band(row.amount, row.currency)).traits for row, cast in zip(rows, ballots, strict=True)]


def _recast(ensemble: Ensemble, plain: Form, rows: Sequence[Transaction], others: Sequence[Transaction]) -> Form:
    """The rows as others; the voters are asked about those that differ."""
    places = [place for place, (row, other) in enumerate(zip(rows, others, strict=True)) if row != other]
    changed = [others[place] for place in places]
    fields, ballots = list(plain.fields), list(plain.ballots)
    for place, row, cast in zip(places, changed, _ballots(ensemble, changed), strict=True):
        fields[place], ballots[place] = _fields(row), cast
    return Form(fields, ballots)


def _fields(row: Transaction) -> str:
    contents = json.loads(dump(row))
    del contents["transaction_id"], contents["timestamp"]
    return json.dumps(contents, separators=(",", ":")).removeprefix("{")


def _renamed(rows: Sequence[Transaction], right: Sequence[str]) -> list[Transaction]:
    """The rows, those of the family's frequent merchants under other names; one merchant keeps to one name."""
    merchants = [merchant_text(row.description) for row in rows]
    members = Counter(merchant for merchant, category in zip(merchants, right, strict=True) if category == FAMILY)
    ranked = members.most_common()
    before = accumulate((count for _, count in ranked), initial=0)
    frequent = {name for (name, _), rank in zip(ranked, before, strict=False) if rank < FREQUENT * members.total()}
    return [
        _described(row, invented(merchant)) if category == FAMILY and merchant in frequent else row
        for row, merchant, category in zip(rows, merchants, right, strict=True)
    ]


def invented(merchant: str) -> str:
    """A name that no merchant has, the same for the same merchant.

    >>> invented("home depot") == invented("home depot") != invented("rona")
    True
    """
    drawn = blake2b(merchant.encode(), digest_size=5).digest()
    return "".join(_SYLLABLES[byte % len(_SYLLABLES)] for byte in drawn).upper()


def _described(row: Transaction, description: str) -> Transaction:
    return row.model_copy(update={"description": description.strip()})


def _error(ensemble: Ensemble, rows: Sequence[Transaction], right: Sequence[str]) -> float:
    """The truth comes from the code, so this is measured without it, as `evenhand evaluate` does."""
    withheld = [row.model_copy(update={"mcc": None}) for row in rows]
    decided = _decided(ensemble, withheld, _ballots(ensemble, withheld))
    wrong = [one.category != truth for one, truth in zip(decided, right, strict=True) if not one.requires_review]
    return sum(wrong) / max(len(wrong), 1)


def _places(names: Sequence[str], found: Sequence[str]) -> Indices:
    places = {name: place for place, name in enumerate(names)}
    return np.array([places[name] for name in found], dtype=np.int64)
