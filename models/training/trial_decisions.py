"""What the trial decides on lines that it never learned from: the training's own rows for the bias gate.

Real merchants that were held out, once for each amount band that they have, and generated lines of withheld names and
phrases of every category, in the wordings and currencies of several countries. No card code is given. Rows that
calibrated the trial or its policy are not among them.
"""

from collections.abc import Sequence
from datetime import timedelta

from models.decisions.calibrated import CalibratedPolicy, PolicyModel
from models.decisions.ensemble import Ensemble
from models.decisions.naming import Namer
from models.evaluation.data.labelled_file import LabelledRow
from models.evaluation.judged import Judged, judge
from models.learned.text import LearnedText
from models.training.config import CURRENCY, TrainingConfig
from models.training.examples import Labelled, Merchant, unseen_rows
from models.training.stand_ins import generated
from models.training.votes import transaction
from models.voters.mcc import MccVoter
from models.voters.rules import RulesVoter
from models.voters.text import TextVoter

REAL, GENERATED = "held-out merchants", "generated lines"
"""Where a row comes from."""

_MEASURING = 1
"""The half of names and phrases that calibrates nothing."""


def trial_decisions(
    config: TrainingConfig, learned: LearnedText, policy: PolicyModel, measuring: Sequence[Merchant]
) -> list[Judged]:
    """Let the trial decide.

    Args:
        learned: Without the held-out merchants, with a memory of the others.
        policy: Fitted on the other half.
        measuring: Merchants held out of both.

    Raises:
        DataError: A table is missing or malformed.
    """
    rules = RulesVoter()
    voters = (MccVoter(), rules, TextVoter(learned))
    ensemble = Ensemble(voters, model_version="", policy=CalibratedPolicy(policy), namer=Namer(rules))
    lines = [(row, REAL) for row in unseen_rows(list(measuring), CURRENCY)]
    lines += [(row, GENERATED) for row, _ in generated(config, _MEASURING)]
    rows = [_row(number, row, source) for number, (row, source) in enumerate(lines, start=1)]
    if not rows:
        return []
    latest = max(row.transaction.timestamp for row in rows)
    return judge(ensemble, rows, now=latest + timedelta(days=1))


def _row(number: int, row: Labelled, source: str) -> LabelledRow:
    return LabelledRow(number, transaction(row), row.truth, source)
