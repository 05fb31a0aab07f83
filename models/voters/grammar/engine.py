"""Finds the phrases of a line: every word is looked up, and only phrases that begin with it are tried."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources.abc import Traversable
from typing import NamedTuple

from models.contracts.data_files import shipped
from models.voters.grammar.data import FOLDER, read_rules, read_traps
from models.voters.grammar.phrases import STEM, Phrase, beginning, parse_phrase, spoken
from models.voters.grammar.rule import Flow, GrammarRule


class _Entry(NamedTuple):
    """One phrase of the index.

    Args:
        place: Its number, or its rule's.
        spellings: All that it may read as, or empty.
        seconds: Words of which the second must be one, or empty.
        firsts: First words that have a star, without it.
    """

    place: int
    phrase: Phrase
    spellings: tuple[str, ...]
    seconds: frozenset[str]
    firsts: tuple[str, ...]


class _Index:
    """Phrases by the words they may begin with, and by the first letters of those."""

    def __init__(self, phrases: Sequence[tuple[int, Phrase]]) -> None:
        words: defaultdict[str, list[_Entry]] = defaultdict(list)
        stems: defaultdict[str, list[_Entry]] = defaultdict(list)
        for place, phrase in phrases:
            entry = _Entry(place, phrase, phrase.spellings, phrase.seconds, phrase.starred)
            for word in phrase.words:
                words[word].append(entry)
            for stem in phrase.stems:
                stems[stem].append(entry)
        self._words: Mapping[str, list[_Entry]] = dict(words)
        self._stems: Mapping[str, list[_Entry]] = dict(stems)

    def candidates(self, words: Sequence[str], ended: str) -> list[tuple[int, int, Phrase]]:
        """The places where a phrase may begin, with its number and itself.

        Args:
            words: The words of a line, `spoken`.
            ended: The line, and a blank.
        """
        by_word, by_stem = self._words, self._stems
        found: list[tuple[int, int, Phrase]] = []
        start = 0
        for number, word in enumerate(words, start=1):
            # What can be told at once is left out here: most words with which phrases begin are no part of one.
            if word in by_word:
                after = words[number] if number < len(words) else ""
                for place, phrase, spellings, seconds, _ in by_word[word]:
                    if ended.startswith(spellings, start) if spellings else (not seconds or after in seconds):
                        found.append((start, place, phrase))
            if (stem := word[:STEM]) in by_stem:
                found += [(start, each.place, each.phrase) for each in by_stem[stem] if word.startswith(each.firsts)]
            start += len(word) + 1
        return found

    def knows_any(self, words: Sequence[str]) -> bool:
        """Tell whether a phrase may begin with one of the words."""
        if not self._words.keys().isdisjoint(words):
            return True
        return bool(self._stems) and any(word[:STEM] in self._stems for word in words)


class Grammar:
    """Rules and traps, ready to read lines.

    Args:
        rules: The first that matches decides.
    """

    def __init__(self, rules: Sequence[GrammarRule], traps: Sequence[str]) -> None:
        self.rules = tuple(rules)
        self.traps = tuple(traps)
        self._phrases = [(place, parse_phrase(phrase)) for place, rule in enumerate(rules) for phrase in rule.phrases]
        trapped = [(place, parse_phrase(trap)) for place, trap in enumerate(traps)]
        # Made here, not under the first transactions, so that processes forked from this one share them.
        for _, phrase in self._phrases:
            phrase.prepare()
        self._index = _Index(self._phrases)
        self._trap_index = _Index(trapped)

    @classmethod
    def read(cls, folder: Traversable) -> "Grammar":
        """Read a folder of the form of ``models/data/grammar``.

        Raises:
            FileError: A file is missing or breaks its form.
        """
        return cls(read_rules(folder), read_traps(folder))

    @classmethod
    @cache
    def shipped(cls) -> "Grammar":
        """The grammar in ``models/data/grammar``, read once."""
        return cls.read(shipped(FOLDER))

    def match(self, text: str, flow: Flow, *, large: bool = False) -> GrammarRule | None:
        """Find the first rule that a statement line matches.

        >>> Grammar.shipped().match("interest paid", Flow.IN).category
        'income'

        Args:
            text: `models.statements.normalise.statement_text` of a description.
            large: Whether the amount is of the size of pay.

        Returns:
            The rule, or None where the line does not speak the bank's language.
        """
        line = spoken(text)
        words = line[1:].split(" ")
        if self._trap_index.knows_any(words):
            line = self._without_traps(line)
            words = line[1:].split(" ")
        ended = line + " "
        candidates = self._index.candidates(words, ended)
        if not candidates:
            return None
        rules, best = self.rules, len(self.rules)
        begins = beginning(line)
        for start, place, phrase in candidates:
            # The cheap comparisons first: most candidates cannot become the best any more.
            if place < best and _holds(rules[place], flow, large=large) and _fits(phrase, ended, start, begins):
                best = place
        return rules[best] if best < len(rules) else None

    def match_without_index(self, text: str, flow: Flow, *, large: bool = False) -> GrammarRule | None:
        """The same by trying every phrase at every word: slow, and what the index is held against."""
        line = self._without_traps(spoken(text))
        begins = beginning(line)
        starts = [start for start, letter in enumerate(line) if letter == " "]
        ended = line + " "
        for place, phrase in self._phrases:
            rule = self.rules[place]
            if (
                _holds(rule, flow, large=large)
                and phrase.occurs_in(ended)
                and any(_fits(phrase, ended, start, begins) for start in starts)
            ):
                return rule
        return None

    def _without_traps(self, line: str) -> str:
        """Put a mark in place of names that speak like a bank, so that no phrase reads their words."""
        candidates = self._trap_index.candidates(line[1:].split(" "), line + " ")
        if not candidates:
            return line
        begins = beginning(line)
        spans = [
            match.span()
            for start, _, trap in candidates
            if (start == begins or not trap.opening) and (match := trap.pattern.match(line, start))
        ]
        for first, last in sorted(spans, reverse=True):
            # From the back, so that places further in front stay right; as many words as before, so that phrases keep
            # their distance.
            line = line[:first] + " ~" * (line[first:last].count(" ")) + line[last:]
        return line


def match_grammar(text: str, flow: Flow, *, large: bool = False) -> GrammarRule | None:
    """Match the shipped grammar, see `Grammar.match`.

    >>> match_grammar("atm cash withdrawal fee", Flow.OUT).label
    'bank fee'
    """
    return Grammar.shipped().match(text, flow, large=large)


def _holds(rule: GrammarRule, flow: Flow, *, large: bool) -> bool:
    return rule.flow in (None, flow) and (large or not rule.large)


def _fits(phrase: Phrase, ended: str, start: int, begins: int) -> bool:
    return (start == begins or not phrase.opening) and phrase.begins_at(ended, start)
