"""Counts how often each rule is right where a code is known: `python -m models.training.shipped grammar`.

Purchase cards hardly carry the bank's own lines, so this finds rules that misread names of merchants; it does not show
how often a rule is right on bank statements. Every merchant (text of `merchant_text`) counts once.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from models.artefacts.csv_table import read_table
from models.statements.normalise import merchant_text, statement_text
from models.statements.tails import without_tail
from models.training.config import DESCRIPTORS_FILE, SHIPPED
from models.training.shipped.toronto import DESCRIPTOR_COLUMNS
from models.voters.grammar.engine import Grammar, match_grammar
from models.voters.grammar.rule import Flow, GrammarRule
from models.voters.mcc import code_category


@dataclass(frozen=True, slots=True)
class RuleHits:
    """Hits of one rule, and how many were right.

    Args:
        right: Those whose code means the rule's category.
        wrong: Texts of up to some of the others.
    """

    rule: GrammarRule
    hits: int
    right: int
    wrong: tuple[str, ...]


def shipped_lines() -> Iterator[tuple[str, str]]:
    """Description and code of every row of ``models/data/toronto_descriptors.csv.gz``."""
    for row in read_table(SHIPPED / DESCRIPTORS_FILE, DESCRIPTOR_COLUMNS):
        yield row["description"], row["mcc"]


def hits(lines: Iterable[tuple[str, str]], *, flow: Flow = Flow.OUT, shown: int = 6) -> Iterator[RuleHits]:
    """Rules that decided at least once, in their order.

    Args:
        shown: How many wrong texts to keep of each rule.
    """
    truth: dict[str, tuple[str, str]] = {}
    for description, code in lines:
        category = code_category(code, description)
        if category is not None:
            truth.setdefault(merchant_text(description), (description, category))
    total: Counter[GrammarRule] = Counter()
    right: Counter[GrammarRule] = Counter()
    wrong: dict[GrammarRule, list[str]] = {}
    for description, category in truth.values():
        rule = match_grammar(without_tail(statement_text(description)), flow)
        if rule is not None:
            total[rule] += 1
            right[rule] += rule.category == category
            if rule.category != category:
                wrong.setdefault(rule, []).append(f"{description} [{category}]")
    for rule in Grammar.shipped().rules:
        if total[rule]:
            yield RuleHits(rule, total[rule], right[rule], tuple(wrong.get(rule, ())[:shown]))


def table(measured: Iterable[RuleHits]) -> Iterator[str]:
    """Lines to print: label, category, confidence, hits, right, and lines it was wrong on."""
    yield f"{'rule':22}{'category':24}{'conf':>5}{'hits':>6}{'right':>6}  wrong on"
    for each in measured:
        rule = each.rule
        counts = f"{rule.confidence:5.2f}{each.hits:6d}{each.right:6d}"
        yield f"{rule.label:22}{rule.category:24}{counts}  {'; '.join(each.wrong)}"
