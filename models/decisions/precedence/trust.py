"""How far corrections may be trusted, measured: `models.training.fit_online_trust` simulates them and counts.

A table of its own beside the policy, since it says something else: not how votes are weighed, but how often the other
transactions of a merchant that people corrected are what they said.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Any, NamedTuple

from models.decisions.calibrated import Effects, PolicyModel
from models.decisions.pool import Pool
from models.errors import MALFORMED, ArtefactError
from models.voters.contract import Kind

ONLINE_TRUST_FILE = "online_trust.json"

CORRECTED = (
    *(Kind.CORRECTED, Kind.CORRECTED_TWICE, Kind.CORRECTED_OFTEN),
    *(Kind.CORRECTED_DISPUTED, Kind.CORRECTED_FAMILY),
)
"""Kinds of corrections for everyone."""


class Stance(StrEnum):
    """What the ensemble says by itself of a line that people corrected."""

    AGREES = "agrees"
    """The same."""
    UNSURE = "unsure"
    """Something else, which a person would have to look at."""
    AGAINST = "against"
    """Something else, which it would accept."""


class Measured(NamedTuple):
    """How often corrections were right of transactions that nobody corrected.

    Args:
        right: Share that was; the confidence of decisions.
        low: Lower end of its 95% interval, by which decisions are accepted.
        high: Upper end.
        rows: Transactions behind it.
    """

    right: float
    low: float
    high: float
    rows: int


class TextTrust(NamedTuple):
    """How the ballots of the model of texts count in the pool.

    Args:
        weight: Beside the weights of the other kinds.
        support: Added to the logarithm of the odds of being right where it is for the answer.
        dissent: The same where it is for another.
    """

    weight: float
    support: float
    dissent: float


UNKNOWN = Measured(0.5, 0.0, 1.0, 0)
"""Of what was never measured: a person decides."""


@dataclass(frozen=True, slots=True)
class OnlineTrust:
    """What was measured of corrections.

    Args:
        corrected: By kind, and by what the ensemble says.
        text: None where no model of texts was measured; it has no vote then.
    """

    corrected: Mapping[tuple[Kind, Stance], Measured] = field(default_factory=lambda: MappingProxyType({}))
    text: TextTrust | None = None

    def of(self, kind: Kind, stance: Stance) -> Measured:
        """What was measured of such corrections."""
        return self.corrected.get((kind, stance), UNKNOWN)

    def extended(self, model: PolicyModel) -> PolicyModel:
        """The policy with what it needs to count ballots of the model of texts."""
        if self.text is None:
            return model
        weight, support, dissent = self.text
        trusts = {
            known: replace(each, pool=Pool({**each.pool.weights, Kind.ONLINE: weight}))
            for known, each in model.trusts.items()
        }
        effects = model.effects
        counted = Effects(
            {**effects.support, Kind.ONLINE: support},
            {**effects.dissent, Kind.ONLINE: dissent},
            effects.category,
            effects.band,
        )
        return replace(model, trusts=MappingProxyType(trusts), effects=counted)


UNMEASURED = OnlineTrust()
"""Of an artefact without the table: corrections decide, and a person looks."""


def to_bytes(trust: OnlineTrust) -> bytes:
    """The table as JSON; equal ones give equal bytes."""
    values = {
        "corrected": {
            kind.value: {
                stance.value: trust.corrected[kind, stance]._asdict()
                for stance in Stance
                if (kind, stance) in trust.corrected
            }
            for kind in CORRECTED
        },
        "text": trust.text and trust.text._asdict(),
    }
    return (json.dumps(values, indent=2) + "\n").encode()


def from_bytes(content: bytes) -> OnlineTrust:
    """Read what `to_bytes` wrote.

    Raises:
        ArtefactError: It is something else.
    """
    try:
        values = json.loads(content)
        if set(values["corrected"]) != {kind.value for kind in CORRECTED}:
            raise ValueError
        corrected = {
            (Kind(kind), Stance(stance)): _measured(each)
            for kind, stances in values["corrected"].items()
            for stance, each in stances.items()
        }
        text = values["text"]
        counted = text and TextTrust(float(text["weight"]), float(text["support"]), float(text["dissent"]))
    except (*MALFORMED, AttributeError) as error:
        raise ArtefactError(f"{ONLINE_TRUST_FILE} does not fit its format ({type(error).__name__})") from error
    return OnlineTrust(MappingProxyType(corrected), counted)


def _measured(values: Mapping[str, Any]) -> Measured:
    return Measured(float(values["right"]), float(values["low"]), float(values["high"]), int(values["rows"]))
