"""A model that costs nothing: the same votes on every transaction, which give full `Categorized` events."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from models.contracts.events import AmountBand, Transaction
from models.decisions.ensemble import Ensemble
from models.decisions.verdict import Verdict
from models.voters.contract import Ballot, Method

MODEL_VERSION = "no-op"

_BALLOT = Ballot("groceries", 0.9, "the same for all", (("shopping", 0.06), ("food_dining", 0.03), ("other", 0.01)))


@dataclass(frozen=True, slots=True)
class ConstantVoter:
    """Votes the same on everything; it looks at no line, so none is remembered."""

    method: Method

    def vote(self, transactions: Sequence[Transaction]) -> list[Ballot | None]:
        """One ballot for all."""
        return [_BALLOT] * len(transactions)


def noop_ensemble() -> Ensemble:
    """Three constant voters under the default policy: everything that the ensemble does, but no voter's work."""
    return Ensemble([ConstantVoter(method) for method in (Method.MCC, Method.RULES, Method.TEXT)], MODEL_VERSION)


def noop_verdicts() -> Mapping[AmountBand, Verdict]:
    """Decide as `noop_ensemble` does, once for each amount band, for loops that do without an ensemble."""
    ensemble = noop_ensemble()
    return {band: ensemble.judge((_BALLOT,) * len(ensemble.voters), band) for band in AmountBand}
