"""Putting the ensemble together from an artefact and the shipped tables."""

from collections.abc import Mapping
from pathlib import Path

from models.artefacts.artefact import read_artefact
from models.artefacts.store import resolve
from models.decisions import policy_file
from models.decisions.calibrated import POLICY_FILE, CalibratedPolicy
from models.decisions.ensemble import WEIGHTS, Ensemble
from models.decisions.line_keys import trade_of
from models.decisions.naming import Namer
from models.decisions.policy import AgreementPolicy, Policy, PolicyName
from models.decisions.precedence import trust
from models.decisions.precedence.precedence import Corrections
from models.decisions.precedence.trust import ONLINE_TRUST_FILE, UNMEASURED, OnlineTrust
from models.errors import ArtefactError
from models.learned.online.model import OnlineModel
from models.learned.online.weights import TextWeights
from models.learned.text_files import from_files
from models.voters.contract import Method, Voter
from models.voters.house.rules import HouseRules
from models.voters.mcc import MccVoter
from models.voters.rules import RulesVoter
from models.voters.text import TextVoter

ONLINE_WEIGHT = 0.05
"""Starting weight of what was learned online, that of the LLM; `calibrated` has a measured one."""


def load_ensemble(
    model: Path | None = None,
    *,
    policy: PolicyName = "calibrated",
    threshold: float = 0.6,
    precision: float = 0.95,
    online: Corrections | None = None,
    house: HouseRules | None = None,
) -> Ensemble:
    """Load the model and give the ensemble that decides.

    Args:
        model: Folder of an artefact, or of a store, for its promoted version; None for the one that is shipped.
        threshold: Confidence below which a person decides, for `agreement`.
        precision: Share of accepted decisions that must be right, for `calibrated`; one of `calibrated.TARGETS`.
        online: What people taught since training.
        house: The bank's own rules.

    Raises:
        ArtefactError: The artefact is missing, altered or of another format.
        ConfigurationError: The artefact has no line for this precision.
    """
    manifest, contents = read_artefact(resolve(model))
    rules = RulesVoter()
    voters: list[Voter] = [MccVoter(), rules, TextVoter(from_files(contents))]
    judge: Policy
    judge = AgreementPolicy(threshold=threshold) if policy == "agreement" else calibrated_policy(contents, precision)
    return Ensemble(
        voters,
        manifest.model_version,
        weights={**WEIGHTS, Method.ONLINE: ONLINE_WEIGHT},
        policy=judge,
        namer=Namer(rules),
        online=online,
        house=house,
        trust=online_trust(contents),
        target=precision,
    )


def online_model(secret: bytes) -> OnlineModel:
    """What people teach, for a process that follows it; nothing is known yet.

    Args:
        secret: Key of the accounts' tokens, as the learner has it.
    """
    return OnlineModel(trade=trade_of, secret=secret, read_text=TextWeights.of)


def calibrated_policy(contents: Mapping[str, bytes], precision: float) -> CalibratedPolicy:
    """The policy that an artefact holds.

    Args:
        precision: Share of accepted decisions that must be right; one of `calibrated.TARGETS`.

    Raises:
        ArtefactError: It has no such policy, or one of another format.
        ConfigurationError: It has no line for this precision.
    """
    if POLICY_FILE not in contents:
        raise ArtefactError(f"the artefact has no {POLICY_FILE}; make one with `evenhand train --output DIR`")
    model = policy_file.from_bytes(contents[POLICY_FILE])
    return CalibratedPolicy(online_trust(contents).extended(model), precision)


def online_trust(contents: Mapping[str, bytes]) -> OnlineTrust:
    """How far corrections may be trusted, as an artefact has it; of one of before nothing was measured.

    Raises:
        ArtefactError: It has the table in another format.
    """
    return trust.from_bytes(contents[ONLINE_TRUST_FILE]) if ONLINE_TRUST_FILE in contents else UNMEASURED
