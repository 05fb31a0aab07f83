"""Generated statement lines: merchants of the knowledge base and written phrases, wrapped by a country's dialect."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import cycle
from pathlib import Path
from random import Random

from models.errors import DataError
from models.gazetteer import knowledge
from models.gazetteer.knowledge import Known
from models.training.balance.dialects import DIALECTS_FILE, Channel, Dialect, Statements, statements
from models.training.balance.parts import Part, part_of_brand, parts_of_templates
from models.training.balance.people import FullName, names
from models.training.config import KNOWLEDGE_FOLDER, PHRASES_FILE, SHIPPED

PHRASE_SHARE = 0.5
"""Share of lines made from phrases where a category has both phrases and merchants."""

COMMON_LISTS = frozenset(("month", "account", "risk", "cuisine", "eatery"))
"""Lists of common words, which both parts use; all others hold names."""

_SLOT = re.compile(r"\{(\w+)\}")
_WORLD = "001"


@dataclass(frozen=True, slots=True)
class Generated:
    """One generated line.

    Args:
        incoming: Whether the words say that money came in; None where they do not say.
        template: Names of the templates: the wrap's, and after a plus the phrase's.
        brand: The names in it that are not a person's, apart from vertical bars.
        source: ``knowledge`` or ``phrases``.
    """

    description: str
    dialect: Dialect
    incoming: bool | None
    template: str
    brand: str
    source: str


@dataclass(frozen=True, slots=True)
class LineTemplate:
    """One template of a line: its name, such as ``housing/4``, and its text with ``{list}`` slots."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Brand:
    """A merchant of the knowledge base with the dialects in which it may stand."""

    name: str
    dialects: tuple[Dialect, ...]


class Generator:
    """Makes lines of any category from the brands and templates of one part.

    Args:
        seed: Equal seeds give equal lines.
        data: Folder with the knowledge base and the phrases.

    Raises:
        DataError: A table is missing or malformed.
    """

    def __init__(self, *, part: Part, seed: int, data: Path = SHIPPED) -> None:
        self._part, self._seed = part, seed
        self._statements = statements(SHIPPED / DIALECTS_FILE)
        self._lists, self._phrases = _phrases(data / PHRASES_FILE, self._statements, part)
        listed = (FullName(first, last) for first in self._lists["first"] for last in self._lists["last"])
        self._people = (*names(part, seed).people, *listed)
        self._brands = _brands(data / KNOWLEDGE_FOLDER, part)

    def rows(self, category: str) -> Iterator[Generated]:
        """Lines of a category without end; brands and phrases take turns.

        Raises:
            DataError: The part has neither phrases nor merchants of this category.
        """
        random = Random(f"{self._seed} {self._part} {category}")
        phrases, brands = self._phrases.get(category, ()), self._brands.get(category, ())
        if not phrases and not brands:
            raise DataError(f"there is neither a phrase nor a merchant of {category} for the part {self._part}")
        next_phrase = cycle(random.sample(phrases, len(phrases)))
        next_brand = cycle(random.sample(brands, len(brands)))
        share = PHRASE_SHARE if phrases and brands else float(bool(phrases))
        while True:
            if random.random() < share:
                yield self._from_phrase(category, next(next_phrase), random)
            else:
                yield self._from_brand(category, next(next_brand), random)

    def lines(self, category: str, number: int) -> list[str]:
        """Phrases of a category filled but not wrapped, as training learns them; empty where it has none."""
        random = Random(f"{self._seed} lines {category}")
        phrases = self._phrases.get(category, ())
        return [self._filled(phrases[place % len(phrases)], random)[0] for place in range(number)] if phrases else []

    def _from_phrase(self, category: str, phrase: LineTemplate, random: Random) -> Generated:
        line, brands = self._filled(phrase, random)
        own_words = category in self._statements.bare_lines
        dialect = random.choice([each for each in self._statements.dialects if each.english])
        channel = Channel.BARE if own_words else random.choice(self._statements.channels_of(category))
        incoming = self._statements.is_incoming(line) if category == "transfers_cash" else None
        return self._wrapped(line, dialect, channel, incoming, phrase.name, brands, "phrases", random)

    def _from_brand(self, category: str, brand: Brand, random: Random) -> Generated:
        channel = random.choice(self._statements.channels_of(category))
        dialect = random.choice(brand.dialects)
        return self._wrapped(brand.name, dialect, channel, None, "", (brand.name,), "knowledge", random)

    def _wrapped(
        self,
        line: str,
        dialect: Dialect,
        channel: Channel,
        incoming: bool | None,
        phrase: str,
        brands: Sequence[str],
        source: str,
        random: Random,
    ) -> Generated:
        wrap = dialect.wrap(channel, self._part, random)
        description = wrap.around(line.upper(), dialect.cities, random)
        template = f"{wrap.name}+{phrase}" if phrase else wrap.name
        return Generated(description, dialect, incoming, template, "|".join(brands), source)

    def _filled(self, phrase: LineTemplate, random: Random) -> tuple[str, tuple[str, ...]]:
        """The line and the names in it that are not a person's."""
        person = random.choice(self._people)
        brands: list[str] = []

        def word(slot: re.Match[str]) -> str:
            if slot[1] in ("first", "last"):
                return person.first if slot[1] == "first" else person.last
            chosen = random.choice(self._lists[slot[1]])
            if slot[1] not in COMMON_LISTS:
                brands.append(chosen)
            return chosen

        return _SLOT.sub(word, phrase.text).lower(), tuple(brands)


def _phrases(
    path: Path, table: Statements, part: Part
) -> tuple[Mapping[str, Sequence[str]], Mapping[str, Sequence[LineTemplate]]]:
    """Lists and templates of a part."""
    try:
        written = json.loads(path.read_text(encoding="utf-8"))
        raw_lists, templates = written["lists"], {**written["templates"], **table.phrases}
    except (OSError, ValueError, KeyError) as error:
        raise DataError(f"{path} is no table of templates and lists ({type(error).__name__})") from error
    raw_lists["employer"] = [*raw_lists["employer"], *names(part, 0).employers]
    lists = {
        name: [word for word in words if name in COMMON_LISTS or part.takes(part_of_brand(word))]
        for name, words in raw_lists.items()
    }
    parts = parts_of_templates(templates.values())
    chosen = {
        category: [
            LineTemplate(f"{category}/{number}", text)
            for number, text in enumerate(dict.fromkeys(texts))
            if part.takes(parts[text]) and all(lists.get(slot) for slot in _SLOT.findall(text))
        ]
        for category, texts in templates.items()
    }
    return lists, chosen


@lru_cache(maxsize=1)
def known_names(folder: Path) -> Sequence[Known]:
    """The knowledge base, read once: a training or comparison asks for it many times.

    Raises:
        DataError: A row is malformed.
    """
    return tuple(knowledge.knowledge(folder))


@lru_cache(maxsize=len(Part))
def _brands(folder: Path, part: Part) -> Mapping[str, Sequence[Brand]]:
    """Merchants of the knowledge base by category, with the dialects of their places; gathered once, as names are."""
    dialects = statements(SHIPPED / DIALECTS_FILE).dialects
    found: dict[str, list[Brand]] = {}
    for known in known_names(folder):
        name = " ".join(known.tokens)
        places = known.places
        own = tuple(each for each in dialects if _WORLD in places or each.places & places)
        if known.main and own and part.takes(part_of_brand(name)):
            found.setdefault(known.category, []).append(Brand(name, own))
    return found
