"""Real rows of the shipped descriptors, so many that every merchant has its turn before one has a second."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from models.artefacts.csv_table import read_table
from models.contracts.events import AmountBand
from models.statements.masking import mask
from models.statements.normalise import merchant_text
from models.training.balance.parts import Part, part_of_brand
from models.training.config import DESCRIPTORS_FILE
from models.training.shipped.toronto import DESCRIPTOR_COLUMNS
from models.voters.mcc import code_category


@dataclass(frozen=True, slots=True)
class RealRow:
    """One real transaction, as far as it is known.

    Args:
        band: Amount band; the table has no amounts.
        credits: Share of credits among the rows of this descriptor.
    """

    description: str
    band: AmountBand
    credits: float


@dataclass(frozen=True, slots=True)
class RealMerchant:
    """All rows of one merchant that have its most frequent category.

    Args:
        text: Result of `models.statements.normalise.merchant_text`.
        category: The most frequent one.
        counts: How often each of the rows occurred.
    """

    text: str
    category: str
    rows: tuple[RealRow, ...]
    counts: tuple[int, ...]

    @property
    def total(self) -> int:
        """The number of rows."""
        return sum(self.counts)


def real_merchants(
    data: Path, *, part: Part = Part.ALL, without: Collection[str] = frozenset()
) -> Mapping[str, Sequence[RealMerchant]]:
    """Merchants of the descriptors by category, sorted by text.

    Descriptors that hold what looks like a phone, card or account number are left out.

    Raises:
        DataError: The table is missing or malformed.
    """
    rows: defaultdict[str, defaultdict[str, Counter[RealRow]]] = defaultdict(lambda: defaultdict(Counter))
    for row in read_table(data / DESCRIPTORS_FILE, DESCRIPTOR_COLUMNS):
        description = row["description"]
        category = code_category(row["mcc"], description)
        if category is None or mask(description) != description:
            continue
        bands = {band: int(row[band.value]) for band in AmountBand}
        credits = round(int(row["credits"]) / max(sum(bands.values()), 1), 4)
        of_merchant = rows[merchant_text(description)][category]
        of_merchant.update({RealRow(description, band, credits): count for band, count in bands.items() if count})
    found: defaultdict[str, list[RealMerchant]] = defaultdict(list)
    for text in sorted(rows):
        if text not in without and part.takes(part_of_brand(text)):
            category, counts = min(rows[text].items(), key=lambda item: (-item[1].total(), item[0]))
            if counts:
                found[category].append(RealMerchant(text, category, tuple(counts), tuple(counts.values())))
    return found


def take_turns(merchants: Sequence[RealMerchant], number: int, *, most: int, random: Random) -> list[RealRow]:
    """Down-sample by merchant: one row of each before a second of any, drawn without replacement.

    Args:
        number: How many rows are wanted; fewer where there are not so many.
        most: Rows of one merchant at most.
    """
    order = random.sample(merchants, len(merchants))
    turns = [0] * len(order)
    missing, going = number, True
    while missing and going:
        going = False
        for place, merchant in enumerate(order):
            if missing and turns[place] < min(merchant.total, most):
                turns[place] += 1
                missing -= 1
                going = True
    return [
        row
        for merchant, several in zip(order, turns, strict=True)
        for row in random.sample(merchant.rows, several, counts=merchant.counts)
    ]
