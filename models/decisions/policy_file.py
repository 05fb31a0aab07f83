"""The fitted policy `calibrated` as a file: JSON that a person can read."""

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from models.contracts.events import AmountBand
from models.contracts.taxonomy import CATEGORIES
from models.decisions.acceptance import Acceptance, Dimension, Raised
from models.decisions.calibrated import FEATURES, POLICY_FILE, Effects, PolicyModel, Trust
from models.decisions.pool import Familiarity, Pool
from models.errors import ArtefactError
from models.voters.contract import LEARNED_LATER, Kind

_KINDS = tuple(kind for kind in Kind if kind not in LEARNED_LATER)
"""Kinds that training fits: those of what came later are in a table of their own, `models.decisions.online_trust`."""


def to_bytes(model: PolicyModel) -> bytes:
    """The fitted policy as JSON; equal ones give equal bytes."""
    effects = model.effects
    # In the order of the enumerations, so that equal models give equal bytes.
    values = {
        "trust": {known.value: _trust_to_json(model.trusts[known]) for known in Familiarity},
        "effects": {
            "support": {kind.value: effects.support[kind] for kind in _KINDS},
            "dissent": {kind.value: effects.dissent[kind] for kind in _KINDS},
            "category": {name: effects.category[name] for name in CATEGORIES},
            "band": {band.value: effects.band[band] for band in AmountBand},
        },
        "acceptance": {str(target): _acceptance_to_json(each) for target, each in model.acceptance.items()},
    }
    return (json.dumps(values, indent=2) + "\n").encode()


def _trust_to_json(trust: Trust) -> dict[str, Any]:
    return {
        "weights": {kind.value: trust.pool.weights[kind] for kind in _KINDS},
        "coefficients": dict(zip(FEATURES, trust.coefficients, strict=True)),
    }


def _acceptance_to_json(acceptance: Acceptance) -> dict[str, Any]:
    return {
        "line": acceptance.line,
        "resemblance": acceptance.resemblance,
        "raised": [each._asdict() for each in acceptance.raised],
    }


def from_bytes(content: bytes) -> PolicyModel:
    """Read what `to_bytes` wrote.

    Raises:
        ArtefactError: It is something else, or lacks a familiarity, a kind, a category or a band.
    """
    try:
        values = json.loads(content)
        effects = values["effects"]
        return PolicyModel(
            MappingProxyType({known: _trust_from_json(values["trust"][known.value]) for known in Familiarity}),
            Effects(
                {kind: float(effects["support"][kind.value]) for kind in _KINDS},
                {kind: float(effects["dissent"][kind.value]) for kind in _KINDS},
                {name: float(effects["category"][name]) for name in CATEGORIES},
                {band: float(effects["band"][band.value]) for band in AmountBand},
            ),
            {float(target): _acceptance_from_json(target, each) for target, each in values["acceptance"].items()},
        )
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise ArtefactError(f"{POLICY_FILE} does not fit its format ({type(error).__name__})") from error


def _trust_from_json(values: Mapping[str, Any]) -> Trust:
    return Trust(
        Pool({kind: float(values["weights"][kind.value]) for kind in _KINDS}),
        tuple(float(values["coefficients"][name]) for name in FEATURES),
    )


def _acceptance_from_json(target: str, values: Mapping[str, Any]) -> Acceptance:
    raised = [
        Raised(
            Dimension(each["dimension"]),
            str(each["name"]),
            float(each["line"]),
            float(each["right"]),
            float(each["low"]),
            float(each["high"]),
            int(each["rows"]),
        )
        for each in values["raised"]
    ]
    return Acceptance(float(target), float(values["line"]), float(values["resemblance"]), tuple(raised))
