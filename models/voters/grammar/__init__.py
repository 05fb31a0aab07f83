"""The bank's own words as data: what a statement line says by itself, before any merchant is looked for.

Phrases of banks of several countries lie in one module per family of dialects; `engine` finds them. Lines that only
wrap a merchant (direct debit, standing order, card purchase) have no rule: they say how money moved, not what for.
"""

from models.voters.grammar.engine import RULES, match_grammar, match_rules
from models.voters.grammar.rule import Flow, GrammarRule

__all__ = ["RULES", "Flow", "GrammarRule", "match_grammar", "match_rules"]
