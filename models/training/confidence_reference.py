"""The confidence reference: how sure the model is of traffic, for the monitors to compare later traffic with.

Traffic here is the last twelve months of the descriptors, of merchants held out of the trial: every row once, with its
card code, so a merchant counts as often as it really came. The memory ends where those months begin, so merchants with
older rows are met as seen before and the others as new ones, in the mix in which they came; n-grams and neighbours have
learned from none of them. The votes go the worker's own way: all voters, the policy `calibrated`, the confidence as the
event has it; decisions without a vote are counted too.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from models.contracts.events import AmountBand, Transaction
from models.decisions.calibrated import CalibratedPolicy, PolicyModel
from models.decisions.ensemble import Ensemble
from models.learned.memory import MerchantMemory, memory_key
from models.learned.text import LearnedText
from models.statements.normalise import merchant_text
from models.statistics.histogram import ConfidenceReference, histogram
from models.training.balance.parts import brand_group
from models.training.config import CURRENCY, TrainingConfig
from models.training.examples import Labelled, Merchant, descriptors
from models.training.fit_linear import has_reference
from models.training.votes import transaction
from models.voters.mcc import MccVoter
from models.voters.rules import RulesVoter
from models.voters.text import TextVoter


def confidence_reference(
    config: TrainingConfig,
    trial: LearnedText,
    *,
    merchants: Sequence[Merchant],
    held_out: Sequence[Merchant],
    policy: PolicyModel,
) -> ConfidenceReference | None:
    """The confidences that the ensemble gives to recent rows of held-out merchants.

    Args:
        trial: Learned without the held-out merchants; its memory is not used.
        held_out: Those that the trial did not learn from.

    Returns:
        Their histogram; None where there are no recent rows of held-out merchants.

    Raises:
        DataError: The table of descriptors is missing or malformed.
    """
    groups = {brand_group(merchant.text) for merchant in held_out}
    rows = [row for row in descriptors(config) if brand_group(merchant_text(row["description"])) in groups]
    traffic = [pair for row in rows for pair in _recent(row)]
    if not traffic:
        return None
    voters = (MccVoter(), RulesVoter(), TextVoter(replace(trial, memory=memory_before(merchants))))
    ensemble = Ensemble(voters, model_version="", policy=CalibratedPolicy(policy))
    transactions = [each for each, _ in traffic]
    decided = ensemble.decide(transactions, now=max(each.timestamp for each in transactions))
    confidences = (each.event().confidence for each in decided)
    counts = histogram(zip(confidences, (times for _, times in traffic), strict=True))
    return ConfidenceReference(confidence=counts, rows=sum(counts))


def memory_before(merchants: Sequence[Merchant]) -> MerchantMemory:
    """The memory as it was before the last twelve months of the descriptors."""
    return MerchantMemory(
        (memory_key(merchant.text), category, count - merchant.recent[category])
        for merchant in merchants
        for category, count in sorted(merchant.categories().items())
        if count > merchant.recent[category] and not has_reference(merchant.text)
    )


def _recent(row: Mapping[str, str]) -> Iterator[tuple[Transaction, int]]:
    """The recent rows of one descriptor and code: a transaction for each amount band, and how often it came."""
    bands = {band: int(row[band.value]) for band in AmountBand}
    for band, times in shared_out(int(row["recent"]), bands).items():
        if times:
            labelled = Labelled(row["description"], CURRENCY, band, frozenset())
            yield transaction(labelled).model_copy(update={"mcc": row["mcc"] or None}), times


def shared_out(total: int, bands: Mapping[AmountBand, int]) -> dict[AmountBand, int]:
    """Share rows out by amount band, in proportion to all rows of the descriptor; the largest remainders round up.

    The table does not say which of a descriptor's rows are the recent ones.

    Args:
        bands: All rows by band, at least `total`.

    >>> low, middle, high = AmountBand
    >>> [*shared_out(4, {low: 5, middle: 3, high: 0}).values()]
    [3, 1, 0]
    """
    everything = sum(bands.values())
    if not everything:
        return dict.fromkeys(bands, 0)
    shares = {band: divmod(total * count, everything) for band, count in bands.items()}
    left = total - sum(whole for whole, _ in shares.values())
    up = sorted(shares, key=lambda band: -shares[band][1])[:left]
    return {band: whole + (band in up) for band, (whole, _) in shares.items()}
