"""Tells a private person's name from a firm's: by words that only firms have, by known brands, by lists of names."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from models.gazetteer.table import WRITTEN, Gazetteer, Match, MatchSpan
from models.statements.scripts import is_unlisted
from models.voters.cues import Cue, Cues
from models.voters.people.forms import Forms, Trust
from models.voters.people.names import KnownNames

_TRADE = 0.65
"""From this confidence on a cue word that is also a family name tells a trade, unless a known name stands beside it."""

_OWNED = 0.4
"""From this confidence on a cue word beside a known name tells its owner's trade; as `SURE_CUE` of the rules."""

_MOST = 5
"""Words of the longest name, without particles."""

_FEWEST = 2
"""Letters of the shortest name in a script of which no names are listed."""

_SURNAME = 3
"""Letters of the shortest word that is taken for a surname beside an initial."""

_FEWEST_PARTS = 2
"""Names of a full name."""

_GIVEN_LETTERS = (1, 2)
"""Letters of given names in Han and Hangul."""

APOSTROPHES = str.maketrans("", "", "'’`´")


@dataclass(frozen=True, slots=True)
class Naming:
    """The tables that tell.

    Args:
        names: Lists of names.
        brands: Brands; one that is all of a name, or begins it where no word is a known name, is a firm.
        cues: Words that tell a trade.
    """

    forms: Forms
    names: KnownNames
    brands: Gazetteer
    cues: Cues

    @classmethod
    def shipped(cls, forms: Forms) -> "Naming":
        """The shipped tables."""
        return cls(forms, KnownNames.shipped(), Gazetteer.shipped(), Cues.shipped())

    def is_given(self, word: str) -> bool:
        """Tell whether it is a known given name."""
        return word in self.names.given

    def are_names(self, words: Sequence[str]) -> bool:
        """Tell whether the first word is a known given name, and the next ones are known names or initials."""
        return self.is_given(words[0]) and all(len(word) == 1 or word in self.names for word in words[1:])

    def is_short_name(self, word: str) -> bool:
        """Tell whether it is a name of three letters or fewer."""
        return len(word) <= 3 and word in self.names

    def is_surname(self, words: Sequence[str]) -> bool:
        """Tell whether words are one known family name, with the particles in front of it."""
        *before, last = words
        return last in self.names.family and self.forms.particles.issuperset(before)

    def full_names(self, words: Sequence[str], currency: str) -> frozenset[str]:
        """The words that are parts of full names: known names beside each other, one of them a given name.

        A given name by itself is one where it is all there is. What is a brand is no name.
        """
        found: set[str] = set()
        if len(words) > 1 and sum(map(self.names.__contains__, words)) < _FEWEST_PARTS:
            # Most texts that have a name have no other.
            return frozenset()
        for named, run in groupby(words, self._is_plain_name):
            parts = list(run)
            if not named or not any(self.is_given(part) and part not in self.forms.particles for part in parts):
                continue
            enough = len(parts) > 1 and any(part not in self.forms.particles for part in parts[1:])
            if (enough or len(words) == 1) and not self._is_called_so(parts, currency):
                found.update(parts)
        return frozenset(found)

    def owners(self, words: Sequence[str]) -> frozenset[str]:
        """The owner's name at either end of a trade's: "okafor dental", "smith's bakery", "boulangerie martin".

        With the particles in front of it. A name that tells a trade itself gives way to a surer one: "baker motors",
        but "barber shop".
        """
        begin = next((place for place, word in enumerate(words) if word not in self.forms.titles), 0)
        first = next((place for place in range(begin, len(words)) if words[place] not in self.forms.particles), begin)
        last = len(words) - 1
        # Ben, Das and Do are names, too, where no other follows.
        ends = [place for place in (first, begin, last) if self._may_own(words[place])]
        # Most texts have no name at either end, and are left at that.
        trade = self.cues.find(list(words)) if ends else None
        if trade is None or trade.confidence < _OWNED:
            return frozenset()
        end = next((place for place in ends if self._tells_less(words[place], trade)), None)
        if end is None:
            return frozenset()
        if end <= first:
            return frozenset(words[begin : end + 1])
        while words[last - 1] in self.forms.particles:
            last -= 1
        return frozenset(words[last:])

    def _tells_less(self, word: str, trade: Cue) -> bool:
        cue = self.cues.find([word])
        return cue is None or cue.confidence < trade.confidence

    def _may_own(self, word: str) -> bool:
        """Tell whether it is a known name of two letters or more, as it is or in the genitive."""
        return all(map(self._may_be_surname, word.translate(APOSTROPHES).split("-")))

    def _may_be_surname(self, part: str) -> bool:
        if len(part) < _FEWEST or part in self.forms.firms:
            return False
        return (
            part in self.names or part.removesuffix("s") in self.names or self.forms.ends_as_surname(part) is not None
        )

    def _is_plain_name(self, word: str) -> bool:
        if word not in self.names and word.translate(APOSTROPHES) not in self.names:
            return False
        if word in self.forms.firms:
            return word in self.forms.names_too
        cue = self.cues.find([word])
        return cue is None or cue.confidence < _TRADE or word in self.names.family

    def _is_called_so(self, words: Sequence[str], currency: str) -> bool:
        """Tell whether a brand is all of the words, or two of them or more."""
        match = self.brands.find([word.translate(APOSTROPHES) for word in words], currency=currency)
        return match is not None and match.exact and (match.tokens > 1 or match.span is MatchSpan.WHOLE)

    def may_be_person(self, run: Sequence[str]) -> bool:
        """Tell whether words have what `is_person` asks of a mixed front: a title in front, or a known name among them.

        Most firms' names have neither, and are quickly told so.
        """
        if not run:
            return False
        return (
            run[0] in self.forms.titles
            or (len(run) > 1 and (self.names.have_any(run) or min(map(len, run)) == 1))
            or any(map(self._is_foreign_name, run))
        )

    def is_person(self, run: Sequence[str], trust: Trust, currency: str) -> bool:
        """Tell whether words are the name of a private person.

        Args:
            run: Folded words, as they stand together behind a front; titles may stand before them.
            currency: ISO 4217.
        """
        words, titled = self._without_titles(run)
        words = self._without_couples(words)
        parts = self._without_particles(words)
        if not parts or len(parts) > _MOST or all(len(part) == 1 for part in parts):
            return False
        # A title and an initial leave no doubt, whatever the surname sells: "mr d boots".
        if titled and len(parts[0]) == 1 and len(parts) > 1 and self.forms.firms.isdisjoint(parts):
            return True
        if self._speaks_of_firm(parts, titled=titled, between_people=trust is Trust.PERSON):
            return False
        if trust is Trust.TITLE:
            return len(parts) > 1 and (len(parts[0]) == 1 or self.is_given(parts[0]))
        if titled:
            # "Mr & Mrs" is no brand's beginning, whatever brands are called so.
            # A title with a given name or an initial and a surname begins no brand, but may be the whole of one.
            return "mrs" in run[1:] or not self._is_brand(run, currency, listed=len(parts) > 1)
        known = [part for part in parts if self._is_listed(part) or self._is_foreign_name(part)]
        if trust is Trust.PERSON and parts[0] in self.names.given:
            return True
        if trust is Trust.TRANSFER and len(parts) == 1 and self.is_given(parts[0]):
            return parts[0] not in self.forms.one_word
        if self._is_brand(words, currency, listed=bool(known)):
            return False
        # "Rent a space" has no initial.
        initials = any(len(part) == 1 for part in parts) and (parts[0] != "a" or bool(known))
        if trust is Trust.PERSON:
            return True
        if trust is Trust.MIXED:
            # No list has all surnames, but firms of one word hardly ever have an initial: "t ibekwe". So may be an
            # article: names with A are far more frequent in some languages than in others.
            abbreviated = len(parts) == 2 and min(map(len, parts)) == 1 and max(map(len, parts)) >= _SURNAME
            return abbreviated or (bool(known) and (len(parts) > 1 or self._is_full_name(parts[0])))
        return initials or bool(known) or (len(parts) > 1 and parts[0] != "a")

    def _is_listed(self, word: str) -> bool:
        """Tell whether it is a known name, and no legal form."""
        return word in self.names and word not in self.forms.initials

    def _is_foreign_name(self, word: str) -> bool:
        """Tell whether a word of two letters or more is of a script without lists of names, or ends as surnames do."""
        if word.isascii() or len(word) < _FEWEST:
            return False
        return is_unlisted(word) or self.forms.is_family(word) is not None

    def _is_full_name(self, word: str) -> bool:
        """Tell whether one word begins with a family name and goes on with a given one: 李娜, 김민준."""
        return any(
            len(word) - len(family) in _GIVEN_LETTERS and word.startswith(family) for family in self.forms.unspaced
        )

    def _without_titles(self, run: Sequence[str]) -> tuple[list[str], bool]:
        words = list(run)
        titled = False
        joiners = self.forms.couples | {"&"}
        while len(words) > 1 and (words[0] in self.forms.titles or (titled and words[0] in joiners)):
            titled = True
            del words[0]
        return words, titled

    def _without_couples(self, words: Sequence[str]) -> list[str]:
        """Two people's names as one: "anna and john smith", where the first is a known name or an initial."""
        joiners = self.forms.couples | {"&"}
        if len(words) > 2 and (len(words[0]) == 1 or words[0] in self.names.given):
            return [word for word in words if word not in joiners and word not in self.forms.titles]
        return list(words)

    def _without_particles(self, words: Sequence[str]) -> list[str]:
        parts = [word for word in words if word not in self.forms.particles or len(word) == 1]
        # Ben, Le and Do are names, too, where there would be too few without them.
        return parts if len(parts) > 1 or len(words) == 1 else list(words)

    def is_initials(self, words: Sequence[str], place: int) -> bool:
        """Tell whether what may be a legal form is a name or initials there: it ends no firm's name.

        Behind a given name it ends a person's where it is a family name.
        """
        if words[place] not in self.forms.initials:
            return False
        return place < len(words) - 1 or not place or (self.is_given(words[0]) and words[place] in self.names.family)

    def _speaks_of_firm(self, parts: Sequence[str], *, titled: bool, between_people: bool) -> bool:
        sure = titled or len(parts[0]) == 1 or parts[0] in self.names
        # Between people, a trade that stands beside one known name is a name: "pharma patel".
        # A surname in front is a firm's: "ackermann plumbing".
        # So is a trade behind a given name: "victoria plumbing".
        paired = between_people and len(parts) == 2 and parts[1] in self.names
        for place, part in enumerate(parts):
            # The first word vouches for the others; itself only where another is known.
            vouched = sure if place else titled or any(other in self.names for other in parts[1:])
            if part == "&":
                return True
            if part in self.forms.firms:
                if self.is_initials(parts, place) or (paired and self.cues.find([part])):
                    continue
                if part in self.forms.names_too and vouched:
                    continue
                return True
            if not part.isascii() and any(mark in part for mark in self.forms.firm_parts):
                return True
            cue = self.cues.find([part])
            if cue is None or paired or (vouched and part in self.names):
                continue
            if part not in self.names or cue.confidence >= _TRADE:
                return True
        return False

    def _is_brand(self, words: Sequence[str], currency: str, *, listed: bool) -> bool:
        """Tell whether a brand is all of the words, or begins them while none of them is a known name."""
        tokens = [word.translate(APOSTROPHES) for word in words if word != "&"]
        match = self.brands.find(tokens, currency=currency) if tokens else None
        if match is None or not match.exact:
            return False
        if match.span is MatchSpan.WHOLE:
            if not listed:
                return True
            # A surname by itself is a brand only where that brand is at home.
            return _spelt_alike(match, tokens) if len(tokens) > 1 else match.home or tokens[0] not in self.names
        return not listed and not match.common


def _spelt_alike(match: Match, tokens: Sequence[str]) -> bool:
    """Tell whether a brand that reads like a person's name is one written by hand, known at home, word for word."""
    return match.kind == WRITTEN and match.home and len(match.name.split()) == len(tokens)
