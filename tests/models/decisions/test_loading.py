"""Putting the ensemble together: what the settings say is what decides."""

from pathlib import Path

import pytest

from models.artefacts.artefact import DEFAULT_MODEL, read_manifest
from models.decisions.calibrated import TARGETS, CalibratedPolicy
from models.decisions.loading import load_ensemble
from models.decisions.policy import AgreementPolicy
from models.errors import ArtefactError, ConfigurationError
from models.voters.contract import Method


def test_the_shipped_model_is_the_default() -> None:
    """Three voters, the calibrated policy at .95, and the version of the artefact."""
    ensemble = load_ensemble()
    assert [Method.MCC, Method.RULES, Method.TEXT] == [voter.method for voter in ensemble.voters]
    assert read_manifest(DEFAULT_MODEL).model_version == ensemble.model_version
    assert isinstance(ensemble.policy, CalibratedPolicy)
    assert ("calibrated", 0.95) == (ensemble.policy.name, ensemble.policy.precision)


def test_the_agreement_policy_takes_the_threshold() -> None:
    """The setting of one policy is not that of the other."""
    assert AgreementPolicy(threshold=0.7) == load_ensemble(policy="agreement", threshold=0.7, precision=0.5).policy


@pytest.mark.parametrize("precision", TARGETS)
def test_every_target_can_be_asked_for(precision: float) -> None:
    """The shipped model has lines for each."""
    policy = load_ensemble(precision=precision).policy
    assert isinstance(policy, CalibratedPolicy)
    assert precision == policy.precision


def test_another_precision_is_refused() -> None:
    """The message lists what there is."""
    with pytest.raises(ConfigurationError, match=r"precision 0\.6 has no line in this model; it has 0\.9, 0\.95"):
        load_ensemble(precision=0.6)


def test_a_folder_that_is_no_artefact_is_refused(tmp_path: Path) -> None:
    """Nothing is loaded instead of it."""
    with pytest.raises(ArtefactError):
        load_ensemble(tmp_path)
