"""Set each cue's confidence from the descriptors the project ships: `python -m models.training.shipped cues`.

Every merchant (text of `merchant_text`) counts once, with its most frequent category. For a word that is a token of
n merchants, r of which belong to its category, the confidence is (r + STRENGTH * prior) / (n + STRENGTH): words never
seen keep the prior that was written by hand. A word that few merchants bear out is dropped from the vote by its
low confidence, not from the table.
"""

import csv
import io
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise

from models.artefacts.csv_table import read_table
from models.gazetteer.keys import tokens_of
from models.statements.normalise import merchant_text
from models.training.config import DESCRIPTORS_FILE, SHIPPED
from models.training.shipped.toronto import DESCRIPTOR_COLUMNS
from models.voters.mcc import code_category

STRENGTH = 5
FIELDS = ("word", "category", "prior", "merchants", "confidence")


def merchants(rows: Iterable[Mapping[str, str]]) -> Mapping[str, str]:
    """Merchant text to its most frequent category, from rows of ``toronto_descriptors.csv.gz``."""
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        category = code_category(row["mcc"], row["description"])
        if category is not None:
            size = sum(int(row[band]) for band in ("under_100", "100_to_1000", "over_1000"))
            counts[merchant_text(row["description"])][category] += size
    return {text: counter.most_common(1)[0][0] for text, counter in sorted(counts.items())}


def shipped_merchants() -> Mapping[str, str]:
    """The same of the table that is shipped."""
    return merchants(read_table(SHIPPED / DESCRIPTORS_FILE, DESCRIPTOR_COLUMNS))


def fit(cues: Iterable[Mapping[str, str]], truth: Mapping[str, str]) -> Iterator[tuple[str, ...]]:
    """Rows of `FIELDS`, in the order of `cues`."""
    seen: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for text, category in truth.items():
        tokens = tokens_of(text)
        words = {*tokens, *(first + second for first, second in pairwise(tokens))}
        for word in words:
            seen[word][category] += 1
    for cue in cues:
        counts, prior = seen[cue["word"]], float(cue["prior"])
        confidence = (counts[cue["category"]] + STRENGTH * prior) / (counts.total() + STRENGTH)
        yield cue["word"], cue["category"], cue["prior"], str(counts.total()), f"{confidence:.2f}"


def fit_shipped() -> None:
    """Read words and priors of ``cues.csv`` and write it again with what the shipped descriptors say."""
    table = SHIPPED / "cues.csv"
    rows = fit(csv.DictReader(table.read_text(encoding="utf-8").splitlines()), shipped_merchants())
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(FIELDS)
    writer.writerows(sorted(rows))
    table.write_text(text.getvalue(), encoding="utf-8")
