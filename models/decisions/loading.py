"""Putting the ensemble together from an artefact and the shipped tables."""

from collections.abc import Mapping
from pathlib import Path

from models.artefacts.artefact import read_artefact
from models.artefacts.store import resolve
from models.decisions import policy_file
from models.decisions.calibrated import POLICY_FILE, CalibratedPolicy
from models.decisions.ensemble import Ensemble
from models.decisions.naming import Namer
from models.decisions.policy import AgreementPolicy, Policy, PolicyName
from models.errors import ArtefactError
from models.learned.text_files import from_files
from models.voters.contract import Voter
from models.voters.mcc import MccVoter
from models.voters.rules import RulesVoter
from models.voters.text import TextVoter


def load_ensemble(
    model: Path | None = None,
    *,
    policy: PolicyName = "calibrated",
    threshold: float = 0.6,
    precision: float = 0.95,
) -> Ensemble:
    """Load the model and give the ensemble that decides.

    Args:
        model: Folder of an artefact, or of a store, for its promoted version; None for the one that is shipped.
        threshold: Confidence below which a person decides, for `agreement`.
        precision: Share of accepted decisions that must be right, for `calibrated`; one of `calibrated.TARGETS`.

    Raises:
        ArtefactError: The artefact is missing, altered or of another format.
        ConfigurationError: The artefact has no line for this precision.
    """
    manifest, contents = read_artefact(resolve(model))
    rules = RulesVoter()
    voters: list[Voter] = [MccVoter(), rules, TextVoter(from_files(contents))]
    judge: Policy
    judge = AgreementPolicy(threshold=threshold) if policy == "agreement" else calibrated_policy(contents, precision)
    return Ensemble(voters, manifest.model_version, policy=judge, namer=Namer(rules))


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
    return CalibratedPolicy(policy_file.from_bytes(contents[POLICY_FILE]), precision)
