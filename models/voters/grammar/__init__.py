"""The bank's own words as data: what a statement line says by itself, before any merchant is looked for.

Phrases of banks of several countries lie in ``models/data/grammar``, a file per family of dialects (docs/grammar.md);
`engine` finds them. Lines that only wrap a merchant (direct debit, standing order, card purchase) have no rule: they
say how money moved, not what for.
"""

from models.voters.grammar.engine import Grammar, match_grammar
from models.voters.grammar.rule import Flow, GrammarRule

__all__ = ["Flow", "Grammar", "GrammarRule", "match_grammar"]
