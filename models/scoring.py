"""Scores decisions against labelled transactions: accuracy, macro-F1, precision and coverage of what was accepted.

Two steps around `evenhand categorize`, so that the figure is of what a user runs:

    python -m models.scoring prepare --data labelled.csv.gz --output input.csv
    evenhand categorize --input input.csv --output decisions.jsonl
    python -m models.scoring score --data labelled.csv.gz --decisions decisions.jsonl --map labels.csv

Labelled data have the columns id, description, amount, currency, date, mcc and source_category. The MCC is withheld
unless asked for: where the truth is the MCC, a decision that sees it proves nothing.
"""

import argparse
import csv
import gzip
import io
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from models.errors import DataError
from models.events import AmountBand
from models.intervals import wilson
from models.voters.mcc import code_category

COLUMNS = ("transaction_id", "account_id", "description", "amount", "currency", "timestamp", "mcc")


@dataclass(frozen=True, slots=True)
class Judged:
    """One decision beside its truth: right when `category` is in `truth`."""

    category: str
    accepted: bool
    truth: frozenset[str]
    amount_band: str = AmountBand.UNDER_100

    @property
    def right(self) -> bool:
        """Whether the category is one of those that are true."""
        return self.category in self.truth


@dataclass(frozen=True, slots=True)
class Share:
    """A share in [0, 1] of `rows`, with its 95% Wilson interval."""

    rows: int
    share: float
    interval: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Scores:
    """What came out.

    Args:
        accuracy: Share that is right of the decisions with a known truth.
        macro_f1: Mean F1 over the truths that occur, in [0, 1].
        coverage: Share that was accepted without review.
        accepted_precision: Share of the accepted that is right; None where none was accepted.
        accuracy_by_amount: Accuracy in each amount band that occurs.
    """

    accuracy: Share
    macro_f1: float
    coverage: Share
    accepted_precision: Share | None
    accuracy_by_amount: dict[str, Share]


def score(judged: Sequence[Judged]) -> Scores:
    """Score decisions.

    Raises:
        DataError: There is nothing to score.
    """
    if not judged:
        raise DataError("nothing to score: no decision has a known truth; check --data, --since and --map")
    accepted = [each.right for each in judged if each.accepted]
    bands = [(band.value, [each.right for each in judged if each.amount_band == band]) for band in AmountBand]
    return Scores(
        accuracy=share([each.right for each in judged]),
        macro_f1=macro_f1(judged),
        coverage=share([each.accepted for each in judged]),
        accepted_precision=share(accepted) if accepted else None,
        accuracy_by_amount={band: share(rights) for band, rights in bands if rights},
    )


def share(hits: Sequence[bool]) -> Share:
    """The share of hits, with its interval; `hits` is not empty."""
    return Share(len(hits), sum(hits) / len(hits), wilson(sum(hits), len(hits)))


def macro_f1(judged: Iterable[Judged]) -> float:
    """Mean over the truths that occur of 2 TP / (2 TP + FP + FN).

    A truth may allow several categories; a wrong decision is a false positive of the truth that allows it, if any.

    >>> fuel, pets = frozenset({"fuel"}), frozenset({"pets"})
    >>> macro_f1([Judged("fuel", True, fuel), Judged("fuel", True, pets), Judged("pets", True, pets)])
    0.6666666666666666
    """
    hits: Counter[frozenset[str]] = Counter()
    misses: Counter[frozenset[str]] = Counter()
    wrong: Counter[str] = Counter()
    for each in judged:
        if each.right:
            hits[each.truth] += 1
        else:
            misses[each.truth] += 1
            wrong[each.category] += 1
    truths = {*hits, *misses}
    false = {truth: sum(wrong[category] for category in truth) for truth in truths}
    return sum(2 * hits[t] / (2 * hits[t] + false[t] + misses[t]) for t in truths) / len(truths)


def rows_of(path: Path, *, since: str = "") -> Iterator[dict[str, str]]:
    """Rows of labelled data, gzipped or not, from an ISO date on."""
    opener = gzip.open if path.suffix == ".gz" else io.open
    with opener(path, "rt", encoding="utf-8", newline="") as lines:
        yield from (row for row in csv.DictReader(lines) if row["date"] >= since)


def prepared(row: Mapping[str, str], *, with_mcc: bool) -> tuple[str, ...]:
    """A labelled row as input of `evenhand categorize`; there is no time of day, so noon UTC stands for it."""
    mcc = row["mcc"] if with_mcc else ""
    return row["id"], "evaluation", row["description"], row["amount"], row["currency"], f"{row['date']}T12:00:00Z", mcc


def truth_of(row: Mapping[str, str], label_map: Mapping[str, Collection[str]] | None) -> frozenset[str]:
    """Categories that are right for a row: those of its label, or without a map those of its MCC; empty if unknown."""
    if label_map is not None:
        return frozenset(label_map.get(row["source_category"], ()))
    category = code_category(row["mcc"], row["description"]) if row["mcc"] else None
    return frozenset({category} if category else ())


def read_map(path: Path) -> dict[str, set[str]]:
    """A label map: CSV with the columns label and category, several rows for a label that allows several."""
    labels: dict[str, set[str]] = defaultdict(set)
    with path.open(newline="", encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            labels[row["label"]].add(row["category"])
    return labels


def _prepare(arguments: argparse.Namespace) -> None:
    with arguments.output.open("w", newline="", encoding="utf-8") as output:
        writer = csv.writer(output)
        writer.writerow(COLUMNS)
        rows = rows_of(arguments.data, since=arguments.since)
        writer.writerows(prepared(row, with_mcc=arguments.with_mcc) for row in rows)


def _score(arguments: argparse.Namespace) -> None:
    label_map = read_map(arguments.map) if arguments.map else None
    truths = {row["id"]: truth_of(row, label_map) for row in rows_of(arguments.data, since=arguments.since)}
    with arguments.decisions.open(encoding="utf-8") as lines:
        decisions = [json.loads(line) for line in lines]
    judged = [
        Judged(
            decision["category"],
            not decision["requires_review"],
            truths[decision["transaction_id"]],
            decision["amount_band"],
        )
        for decision in decisions
        if truths.get(decision["transaction_id"])
    ]
    print(json.dumps(asdict(score(judged)), indent=2))


def main(argv: Sequence[str] | None = None) -> int:
    """Run one of the two steps; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m models.scoring", description=__doc__.split("\n")[0])
    steps = parser.add_subparsers(required=True)
    for name, step in (("prepare", _prepare), ("score", _score)):
        sub = steps.add_parser(name)
        sub.set_defaults(step=step)
        sub.add_argument("--data", type=Path, required=True, help="labelled CSV, gzipped or not")
        sub.add_argument("--since", default="", help="first date, such as 2020-11-01")
        if step is _prepare:
            sub.add_argument("--with-mcc", action="store_true", help="do not withhold the MCC")
            sub.add_argument("--output", type=Path, required=True)
        else:
            sub.add_argument("--decisions", type=Path, required=True, help="what `evenhand categorize` wrote")
            sub.add_argument("--map", type=Path, help="label,category; without it the truth is the MCC")
    arguments = parser.parse_args(argv)
    try:
        arguments.step(arguments)
    except (DataError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 5
    return 0


if __name__ == "__main__":
    sys.exit(main())
