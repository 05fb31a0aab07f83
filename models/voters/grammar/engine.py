"""Finds the phrases of a line: every word is looked up, and only phrases that begin with it are tried."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import lru_cache

from models.voters.grammar.british import BRITISH
from models.voters.grammar.continental import CONTINENTAL
from models.voters.grammar.english import ENGLISH
from models.voters.grammar.european import EUROPEAN
from models.voters.grammar.north_american import NORTH_AMERICAN
from models.voters.grammar.phrases import STEM, Phrase, beginning, compile_phrase, spoken
from models.voters.grammar.purposes import PURPOSES
from models.voters.grammar.rule import ORDER, Flow, GrammarRule
from models.voters.grammar.southern import SOUTHERN
from models.voters.grammar.traps import TRAPS

RULES: tuple[GrammarRule, ...] = tuple(
    sorted(
        (*ENGLISH, *PURPOSES, *NORTH_AMERICAN, *BRITISH, *SOUTHERN, *EUROPEAN, *CONTINENTAL),
        key=lambda rule: ORDER[rule.label],
    )
)
"""The first that matches decides."""

_Entry = tuple[int, Phrase]


def _index(phrases: list[_Entry]) -> tuple[Mapping[str, list[_Entry]], Mapping[str, list[_Entry]]]:
    words: defaultdict[str, list[_Entry]] = defaultdict(list)
    stems: defaultdict[str, list[_Entry]] = defaultdict(list)
    for entry in phrases:
        for word in entry[1].words:
            words[word].append(entry)
        for stem in entry[1].stems:
            stems[stem].append(entry)
    return dict(words), dict(stems)


_PHRASES = [(place, compile_phrase(phrase)) for place, rule in enumerate(RULES) for phrase in rule.phrases]
_WORDS, _STEMS = _index(_PHRASES)
_TRAP_WORDS, _TRAP_STEMS = _index([(place, compile_phrase(trap)) for place, trap in enumerate(TRAPS)])


@lru_cache(maxsize=8192)
def match_grammar(text: str, flow: Flow) -> GrammarRule | None:
    """Find the first rule that a statement line matches.

    >>> match_grammar("atm cash withdrawal fee", Flow.OUT).label
    'bank fee'
    >>> match_grammar("interest paid", Flow.IN).category
    'income'

    Args:
        text: What `statement_text` gave.
        flow: Direction of the money.

    Returns:
        The rule, or None where the line does not speak the bank's language.
    """
    line = _without_traps(spoken(text))
    begins = beginning(line)
    best = len(RULES)
    for start, place, phrase in _candidates(line, _WORDS, _STEMS):
        if place < best and RULES[place].flow in (None, flow) and _fits(phrase, line, start, begins):
            best = place
    return RULES[best] if best < len(RULES) else None


def match_rules(text: str, flow: Flow) -> GrammarRule | None:
    """The same without the index: every phrase is tried at every word."""
    line = _without_traps(spoken(text))
    begins = beginning(line)
    starts = [start for start, letter in enumerate(line) if letter == " "]
    for place, phrase in _PHRASES:
        if RULES[place].flow in (None, flow) and any(_fits(phrase, line, start, begins) for start in starts):
            return RULES[place]
    return None


def _candidates(
    line: str, words: Mapping[str, list[_Entry]], stems: Mapping[str, list[_Entry]]
) -> Iterator[tuple[int, int, Phrase]]:
    start = 0
    for word in line[1:].split(" "):
        for place, phrase in words.get(word, ()):
            yield start, place, phrase
        for place, phrase in stems.get(word[:STEM], ()):
            yield start, place, phrase
        start += len(word) + 1


def _fits(phrase: Phrase, line: str, start: int, begins: int) -> bool:
    return (start == begins or not phrase.opening) and phrase.pattern.match(line, start) is not None


def _without_traps(line: str) -> str:
    """Put a mark in place of names that speak like a bank, so that no phrase reads their words."""
    begins = beginning(line)
    spans = [
        match.span()
        for start, _, trap in _candidates(line, _TRAP_WORDS, _TRAP_STEMS)
        if (start == begins or not trap.opening) and (match := trap.pattern.match(line, start))
    ]
    for first, last in sorted(spans, reverse=True):
        line = line[:first] + " ~" * (line[first:last].count(" ")) + line[last:]
    return line
