"""Stand-ins for banks that nobody has seen: rows whose truth is known, of merchants that the voters did not learn from.

A bank that is new differs in what is known of its merchants, so each stand-in hides something else: the memory, the
written names, both, or nothing but the merchant from the n-grams; lines are wrapped as other countries' banks wrap
them, or cut as short fields cut them. Nothing is hidden by row: a merchant is hidden with all its spellings.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random

from models.contracts.events import AmountBand
from models.contracts.taxonomy import CATEGORIES
from models.decisions.calibrated import RESEMBLANCE
from models.errors import DataError
from models.learned.text import LearnedText
from models.training import examples as source
from models.training.balance.generate import Generated, Generator
from models.training.balance.parts import Part, brand_group, place
from models.training.config import CURRENCY, TrainingConfig
from models.training.examples import Labelled, Merchant
from models.training.votes import Cast, cast_seen, cast_votes
from models.voters.contract import Kind
from models.voters.rules import RulesVoter

PER_CATEGORY = 250
"""Generated lines of each category."""

CUT = (18, 26)
"""Characters that a short field keeps: from, and below."""

_BANDS = (0.7, 0.25, 0.05)
"""Shares of the amount bands among generated lines; no real line says what they would be."""


@dataclass(frozen=True, slots=True)
class StandIn:
    """Rows that stand for one way of being new.

    Args:
        share: Weight of all its rows together, where several are fitted at once.
    """

    name: str
    share: float
    rows: Sequence[Cast]


@dataclass(frozen=True, slots=True)
class Informed:
    """The voters of a trial.

    Args:
        learned: Without the held-out merchants and the withheld names, with a memory of the others.
        whole: Rules with all written names.
        partly: Rules without the withheld ones.
    """

    learned: LearnedText
    whole: RulesVoter
    partly: RulesVoter


def stand_ins(config: TrainingConfig, informed: Informed, held_out: Sequence[Merchant], half: int) -> list[StandIn]:
    """The stand-ins from one half of the merchants, names and phrases.

    The shares were chosen so that, on the left-out merchants, evidence of each kind occurs about as often as on bank
    lines; docs/evaluation.md shows how each stand-in relates to real sources.

    Args:
        held_out: Real merchants of this half that nothing was learned from.
        half: 0 or 1.

    Raises:
        DataError: A table is missing or malformed.
    """
    learned, whole, partly = informed.learned, informed.whole, informed.partly
    real = source.unseen_rows(list(held_out), CURRENCY)
    plain, cut = generated(config, half), _cut_short(generated(config, half + 2), Random(config.seed))
    found = [
        StandIn("merchants_seen_before", 1.0, cast_seen(held_out, CURRENCY, learned, whole)),
        StandIn("held_out_merchants", 1.0, rare := cast_votes(real, learned, whole)),
        StandIn("held_out_as_of_a_new_source", 0.5, as_new(rare)),
        StandIn("held_out_without_likeness", 0.1, without_likeness(as_new(rare))),
        StandIn("held_out_names_hidden", 0.3, as_new(cast_votes(real, learned, partly))),
    ]
    for name, lines, scale in (("", plain, 1.0), ("_cut_short", cut, 0.25)):
        names = [row for row, origin in lines if origin == "knowledge"]
        phrases = [row for row, origin in lines if origin != "knowledge"]
        met, wording = (as_new(cast_votes(each, learned, whole)) for each in (names, phrases))
        found += [
            StandIn(f"written_names{name}", 0.6 * scale, met),
            StandIn(f"written_names_hidden{name}", 0.3 * scale, as_new(cast_votes(names, learned, partly))),
            StandIn(f"bank_wording{name}", 0.15 * scale, wording),
            StandIn(f"without_likeness{name}", 0.15 * scale, without_likeness([*met, *wording])),
        ]
    # Too few to be halved; they calibrate, and nothing is measured on them.
    if half == 0:
        found.append(StandIn("council_cards", 0.4, cast_votes(source.council(config), learned, whole)))
    return [each for each in found if each.rows]


_ELSEWHERE = {Kind.RARE: Kind.LEARNED, Kind.RARE_HUNCH: Kind.HUNCH}


def as_new(rows: Sequence[Cast]) -> list[Cast]:
    """The same rows, as of a source where the memory is not at home."""
    return [
        replace(
            row,
            ballots=tuple(replace(ballot, kind=_ELSEWHERE.get(ballot.kind, ballot.kind)) for ballot in row.ballots),
        )
        for row in rows
    ]


def without_likeness(rows: Sequence[Cast]) -> list[Cast]:
    """The same rows where the n-grams have no opinion, as in scripts that they never learned."""
    heard = [
        replace(row, ballots=tuple(ballot for ballot in row.ballots if ballot.kind not in RESEMBLANCE)) for row in rows
    ]
    return [row for row in heard if row.ballots]


def together(parts: Sequence[StandIn]) -> list[Cast]:
    """All rows, those of each stand-in with the weights that its share leaves them."""
    rows = []
    for part in parts:
        total = sum(row.weight for row in part.rows)
        rows += [replace(row, weight=row.weight * part.share / total) for row in part.rows]
    return rows


def half_of(text: str) -> int:
    """The half of the held-out merchants and names to which one belongs, 0 or 1, with all its branches."""
    return _half(brand_group(text))


def _half(key: str) -> int:
    return int(place(f"half {key}") < 0.5)


def halves_of(line: Generated) -> set[int]:
    """The halves to which the names in a generated line and its phrase belong."""
    halves = {half_of(name) for name in line.brand.split("|") if name}
    # A name of a template is the wrap's and then, after a plus, the phrase's; wraps are shared by both halves.
    phrase = line.template.partition("+")[2]
    return halves | {_half(phrase)} if phrase else halves


def generated(config: TrainingConfig, draw: int) -> list[tuple[Labelled, str]]:
    """Lines of withheld names and phrases of the half `draw` modulo 2, each with where it comes from."""
    generator = Generator(part=Part.TEST, seed=config.seed + draw, data=config.data)
    number = PER_CATEGORY if config.limit is None else min(PER_CATEGORY, config.limit // 10)
    random = Random(f"{config.seed} {draw}")
    rows: list[tuple[Labelled, str]] = []
    for category in CATEGORIES:
        try:
            # As many again, as half of them belong to the other half.
            drawn = [line for _, line in zip(range(2 * number), generator.rows(category), strict=False)]
        except DataError:  # a category without withheld names or phrases
            continue
        mine = [line for line in drawn if halves_of(line) == {draw % 2}]
        rows += [(_labelled(line, category, random), line.source) for line in mine]
    return rows


def _labelled(line: Generated, category: str, random: Random) -> Labelled:
    (band,) = random.choices(list(AmountBand), _BANDS)
    credit = category == "income" or bool(line.incoming)
    return Labelled(line.description, line.dialect.currency, band, frozenset((category,)), credit=credit)


def _cut_short(rows: Sequence[tuple[Labelled, str]], random: Random) -> list[tuple[Labelled, str]]:
    return [
        (replace(row, description=row.description[: random.randrange(*CUT)].strip()), origin) for row, origin in rows
    ]
