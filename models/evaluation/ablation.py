"""The ensemble without some of its parts, to show what each is worth."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from hashlib import blake2b

from models.decisions.ensemble import Ensemble
from models.decisions.loading import calibrated_policy
from models.decisions.naming import Namer
from models.learned.memory import MerchantMemory
from models.learned.text import LearnedText
from models.learned.text_files import from_files
from models.voters.contract import Voter
from models.voters.cues import Cues
from models.voters.mcc import MccVoter
from models.voters.rules import RulesVoter
from models.voters.text import TextVoter

POLICY_STEP = "+ calibration"


def steps(
    contents: Mapping[str, bytes], model_version: str, *, precision: float = 0.95
) -> Iterator[tuple[str, Ensemble]]:
    """One ensemble after another, each with one part more; the policy is `agreement` at .60 up to the last.

    The voter of merchant category codes is in all of them: it votes where the transactions have codes.

    Args:
        precision: Target of the policy `calibrated`.

    Yields:
        What was added, and the ensemble; caches are empty.

    Raises:
        ArtefactError: A file is missing, or does not fit its format.
        ConfigurationError: The artefact has no thresholds for this precision.
    """
    whole = from_files(contents)
    remembered = replace(whole, likeness=None)
    ngrams = replace(remembered, memory=MerchantMemory())
    names = RulesVoter(cues=Cues(()), grammar=False)
    parts: tuple[tuple[str, RulesVoter | None, LearnedText], ...] = (
        ("n-grams", None, ngrams),
        ("+ gazetteer", names, ngrams),
        ("+ grammar, cue words", RulesVoter(), ngrams),
        ("+ merchant memory", RulesVoter(), remembered),
        *((("+ embeddings", RulesVoter(), whole),) if whole.likeness else ()),
    )
    for name, rules, learned in parts:
        yield name, Ensemble(_voters(rules, learned), model_version)
    policy = calibrated_policy(contents, precision)
    yield POLICY_STEP, Ensemble(_voters(RulesVoter(), whole), model_version, policy=policy)


def forgetful(
    contents: Mapping[str, bytes], model_version: str, share: float, *, precision: float = 0.95
) -> tuple[Ensemble, MerchantMemory]:
    """The ensemble with a memory that lacks a share of its merchants, and that memory.

    Which ones hangs on a hash of their keys. The n-grams have still learned their names, so that it is right about
    them more often than about merchants that were never seen.

    Raises:
        ArtefactError: A file is missing, or does not fit its format.
        ConfigurationError: The artefact has no thresholds for this precision.
    """
    whole = from_files(contents)
    memory = MerchantMemory(row for row in whole.memory.rows() if _place(row[0]) >= share)
    rules = RulesVoter()
    voters = _voters(rules, replace(whole, memory=memory))
    policy = calibrated_policy(contents, precision)
    return Ensemble(voters, model_version, policy=policy, namer=Namer(rules)), memory


def _place(key: str) -> float:
    """A place in [0, 1)."""
    return int.from_bytes(blake2b(key.encode(), digest_size=8, person=b"forgetful").digest()) / 2**64


def _voters(rules: RulesVoter | None, learned: LearnedText) -> list[Voter]:
    return [MccVoter(), *([rules] if rules else []), TextVoter(learned)]
