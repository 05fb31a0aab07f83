"""Putting the ensemble together from an artefact and the shipped tables."""

from importlib.resources import as_file, files
from pathlib import Path

from models.artefact import read_artefact
from models.ensemble import Ensemble
from models.policy import POLICIES
from models.text_files import from_files
from models.voters.mcc import MccVoter
from models.voters.rules import RulesVoter
from models.voters.text import TextVoter
from models.voting import Voter


def load_ensemble(model: Path | None = None, *, policy: str = "agreement", threshold: float = 0.6) -> Ensemble:
    """Load the model and give the ensemble that decides.

    Args:
        model: Folder of an artefact; None for the one that is shipped.
        policy: Name of the review policy, a key of `models.policy.POLICIES`.
        threshold: Confidence below which a person decides.

    Raises:
        ArtefactError: The artefact is missing, altered or of another format.
    """
    if model is None:
        with as_file(files("models").joinpath("data/default_model")) as shipped:
            manifest, contents = read_artefact(shipped)
    else:
        manifest, contents = read_artefact(model)
    voters: list[Voter] = [MccVoter(), RulesVoter(), TextVoter(from_files(contents))]
    return Ensemble(voters, manifest.model_version, policy=POLICIES[policy](threshold=threshold))
