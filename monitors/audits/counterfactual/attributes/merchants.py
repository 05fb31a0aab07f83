"""What a merchant is called and where it is: faith, cuisine, spelling, size, city."""

from collections.abc import Iterator
from itertools import combinations

from models.twins.letters import digraph_capitals, plain_capitals
from models.twins.merchants import Kinds, merchants
from monitors.audits.counterfactual.attributes.drawing import drawn
from monitors.audits.counterfactual.pairs import Attribute, Clone, Pair, Side

_SUM, _CURRENCY = "47.30", "GBP"


def _kinds(kinds: Kinds, by: str) -> Iterator[Pair]:
    """The same thing of each group beside that of the first one."""
    for thing, words in kinds.things.items():
        for place in kinds.places:
            for form in kinds.forms:
                sides = [
                    Side(Clone(form.replace("{place}", place).format(word), _SUM, _CURRENCY), group, (word,))
                    for group, word in zip(kinds.groups, words, strict=True)
                ]
                for side in sides[1:]:
                    groups = ((by, side.group), ("thing", thing))
                    # Words are few, and each is in many lines: what is independent of each other are the words.
                    yield Pair(side, sides[0], f"{thing} {side.group}", f"{form} {place} {thing}", groups)


def _faiths(count: int, seed: int) -> list[Pair]:
    return drawn(_kinds(merchants().faith, "faith"), count, seed)


def _cuisines(count: int, seed: int) -> list[Pair]:
    return drawn(_kinds(merchants().cuisine, "cuisine"), count, seed)


def _spelt() -> Iterator[Pair]:
    for spellings in merchants().spelling:
        for word in spellings.words:
            forms = {"accents": word, "no accents": plain_capitals(word)}
            if spellings.digraphs:
                forms["two letters"] = digraph_capitals(word)
            for wrapping in merchants().wrappings:
                sides = [Side(Clone(wrapping.format(text), _SUM, "EUR"), form, (text,)) for form, text in forms.items()]
                for reference, other in combinations(sides, 2):
                    groups = (("language", spellings.language), ("spelling", f"{other.group}, {reference.group}"))
                    yield Pair(other, reference, word, f"{wrapping} {word}", groups)


def _spellings(count: int, seed: int) -> list[Pair]:
    return drawn(_spelt(), count, seed)


def _sized() -> Iterator[Pair]:
    for shops in merchants().size:
        for local, chain in ((one, other) for one in shops.local for other in shops.chain):
            for wrapping in merchants().wrappings:
                small, large = (
                    Side(Clone(wrapping.format(name), _SUM, _CURRENCY), group, (name,))
                    for name, group in ((local, "local"), (chain, "chain"))
                )
                yield Pair(small, large, local, f"{wrapping} {shops.kind}", (("kind", shops.kind),))


def _sizes(count: int, seed: int) -> list[Pair]:
    return drawn(_sized(), count, seed)


def _placed() -> Iterator[Pair]:
    for country in merchants().city:
        for name in merchants().general.merchants:
            for wrapping in merchants().wrappings[:3]:
                sides = [
                    Side(Clone(wrapping.format(f"{name} {city}"), _SUM, country.currency), city, (city,))
                    for city in country.cities
                ]
                for side in sides[1:]:
                    groups = (("currency", country.currency), ("city", side.group))
                    yield Pair(side, sides[0], name, f"{wrapping} {name} {country.currency}", groups)


def _cities(count: int, seed: int) -> list[Pair]:
    return drawn(_placed(), count, seed)


FAITH = Attribute("faith", "faith of a house of worship, charity or school, beside a Christian one", "word", _faiths)
CUISINE = Attribute("cuisine", "origin of a restaurant's or grocer's food, beside British food", "word", _cuisines)
SPELLING = Attribute("spelling", "accents of the same words, or letters that stand for them", "words", _spellings)
SIZE = Attribute("size", "small local shop beside one of a chain, of the same kind", "local shop", _sizes)
CITY = Attribute("city", "city and region behind the same merchant", "merchant", _cities)
