"""Stand-ins for new banks: what is withheld stays unknown, and no half knows anything of the other."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import cast

import pytest

from models.contracts.events import AmountBand
from models.contracts.taxonomy import CATEGORIES
from models.errors import DataError
from models.gazetteer.knowledge import FIELDS
from models.gazetteer.table import Gazetteer, MatchSpan
from models.learned.text import LearnedText
from models.training import stand_ins as module
from models.training import train as training
from models.training.balance.generate import Generated, Generator, known_names
from models.training.balance.parts import Part, brand_group, part_of_brand
from models.training.config import KNOWLEDGE_FOLDER, SHIPPED, TrainingConfig
from models.training.examples import Example, ExampleOrigin, Labelled, Merchant, merchants
from models.training.stand_ins import (
    CUT,
    Informed,
    StandIn,
    as_new,
    generated,
    halves_of,
    stand_ins,
    together,
)
from models.training.train import split_by_merchant
from models.training.votes import Cast
from models.training.withheld import gazetteer_without, is_withheld, withheld_keys, without_withheld
from models.voters.contract import Ballot, Kind
from models.voters.rules import RulesVoter
from tests.harness.learned import small

CONFIG = TrainingConfig(limit=300, generated=20)
DRAWN = 60
"""Lines of each category that this draws, of both halves."""

NAMES = ("abbey", "banner", "corner", "dune", "elmwood", "falcon", "granite", "hollow", "ivory", "juniper", "kestrel")


def written(folder: Path, *rows: tuple[str, str]) -> TrainingConfig:
    """A training whose knowledge base has these names and other spellings."""
    (folder / KNOWLEDGE_FOLDER).mkdir()
    lines = [",".join(FIELDS), *(f"{name},fuel,ca,0,{spelling}" for name, spelling in rows)]
    (folder / KNOWLEDGE_FOLDER / "ca.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return TrainingConfig(data=folder)


def of_part(part: Part) -> list[str]:
    """Those of `NAMES` that belong to a part, at least two."""
    found = [name for name in NAMES if part_of_brand(name) is part]
    assert len(found) > 1
    return found


def test_one_spelling_withholds_all(tmp_path: Path) -> None:
    """Whichever of them belongs to the test part; a merchant none of whose spellings does stays."""
    (hidden, second, *_), (open_one, other, *_) = of_part(Part.TEST), of_part(Part.TRAIN)
    config = written(tmp_path, (hidden, open_one), (f"{open_one} two", f"{second} two"), (other, f"{other} garage"))
    keys = withheld_keys(config)
    glued = {name.replace(" ", "") for name in (hidden, open_one, f"{open_one} two", f"{second} two")}
    assert glued == keys
    assert is_withheld(open_one, keys)
    assert not is_withheld(f"{other} garage", keys)


def test_examples_of_withheld_names_go_and_sentences_stay(tmp_path: Path) -> None:
    """A generated sentence names a kind of line; it stays, whatever its first letters."""
    (hidden, *_), (open_one, other, *_) = of_part(Part.TEST), of_part(Part.TRAIN)
    keys = withheld_keys(written(tmp_path, (hidden, open_one)))
    texts = [hidden, open_one, other]
    examples = [Example(text, "fuel", origin, 1.0) for origin in ExampleOrigin for text in texts]
    kept = [(each.text, each.origin) for each in without_withheld(examples, keys)]
    every = [(text, ExampleOrigin.GENERATED) for text in texts]
    assert kept == [
        pair for origin in ExampleOrigin for pair in (every if origin is ExampleOrigin.GENERATED else [(other, origin)])
    ]


class AskedError(Exception):
    """What the first fit of a training was to learn from."""

    def __init__(self, chosen: list[Merchant], knowledge: list[Example]) -> None:
        super().__init__()
        self.chosen, self.knowledge = chosen, knowledge


@pytest.mark.slow
def test_the_trial_learns_nothing_of_the_withheld(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither as a merchant nor as a name, under no spelling of the shipped knowledge base."""

    def asked(chosen: list[Merchant], knowledge: list[Example], *_: object) -> LearnedText:
        raise AskedError(chosen, knowledge)

    monkeypatch.setattr(training, "fit_learned", asked)
    config = TrainingConfig(limit=6_000)
    with pytest.raises(AskedError) as caught:
        training.train(config)
    by_source: dict[str, list[str]] = {}
    for each in known_names(SHIPPED / KNOWLEDGE_FOLDER):
        by_source.setdefault(each.source, []).append(" ".join(each.tokens))
    hidden = {
        name.replace(" ", "")
        for spellings in by_source.values()
        if any(part_of_brand(name) is Part.TEST for name in spellings)
        for name in spellings
    }
    held_out = split_by_merchant(merchants(config))
    # Merchants that are written down, too: what the trial must not have learned under either name.
    assert hidden & {each.text.replace(" ", "") for each in (*held_out.calibrating, *held_out.measuring)}
    texts = {each.text for each in caught.value.chosen}
    texts |= {each.text for each in caught.value.knowledge if each.origin is not ExampleOrigin.GENERATED}
    assert texts
    assert [] == [text for text in texts if part_of_brand(text) is Part.TEST or text.replace(" ", "") in hidden]


def test_the_table_of_brands_has_no_withheld_name() -> None:
    """Not as the whole text, for anybody's currency; the shipped table has them, and the others are in both."""
    config = TrainingConfig()
    keys = withheld_keys(config)
    shipped, without = Gazetteer.shipped(), gazetteer_without(config, keys)

    def whole(table: Gazetteer, tokens: Sequence[str], currency: str) -> bool:
        match = table.find(list(tokens), currency=currency)
        return match is not None and match.exact and match.span is MatchSpan.WHOLE

    known = [each for each in known_names(SHIPPED / KNOWLEDGE_FOLDER) if "ca" in each.places][::10]
    hidden, open_ones = ([each for each in known if (each.key in keys) is withheld] for withheld in (True, False))
    found = [each.key for each in hidden for currency in ("CAD", "GBP") if whole(without, each.tokens, currency)]
    assert [] == found
    assert all(whole(shipped, each.tokens, "CAD") == whole(without, each.tokens, "CAD") for each in open_ones)
    assert sum(whole(shipped, each.tokens, "CAD") for each in hidden) > 0.95 * len(hidden) > 0


@pytest.fixture(scope="module")
def lines() -> list[dict[str, list[Generated]]]:
    """What each draw can give: description to the lines that have it."""
    found: list[dict[str, list[Generated]]] = []
    for draw in range(4):
        generator = Generator(part=Part.TEST, seed=CONFIG.seed + draw, data=CONFIG.data)
        by_description: dict[str, list[Generated]] = {}
        for category in CATEGORIES:
            try:
                rows = generator.rows(category)
                for _, line in zip(range(DRAWN), rows, strict=False):
                    by_description.setdefault(line.description, []).append(line)
            except DataError:
                continue
        found.append(by_description)
    return found


def mine(lines: Sequence[dict[str, list[Generated]]], draw: int) -> list[Generated]:
    """The lines of a draw as the generator has them; of several with one description those of its half, if any is."""
    found: list[Generated] = []
    for row, _ in generated(CONFIG, draw):
        same = lines[draw][row.description]
        found += [line for line in same if halves_of(line) == {draw % 2}] or same
    return found


def test_halves_share_no_name_and_no_phrase(lines: list[dict[str, list[Generated]]]) -> None:
    """Whatever is fitted on one half was never seen in the other; draws of one half may share all."""
    names, phrases = ([set[str](), set[str]()] for _ in range(2))
    for draw in range(4):
        for line in mine(lines, draw):
            names[draw % 2] |= {brand_group(name) for name in line.brand.split("|") if name}
            phrases[draw % 2] |= {line.template.partition("+")[2]} - {""}
    assert all(len(each) > 20 for each in (*names, *phrases))
    assert set() == names[0] & names[1]
    assert set() == phrases[0] & phrases[1]


def test_halves_share_no_merchant() -> None:
    """With all its branches."""
    split = split_by_merchant(merchants(CONFIG))
    one, other = ({brand_group(each.text) for each in part} for part in (split.calibrating, split.measuring))
    assert one
    assert other
    assert set() == one & other


def test_generated_lines_are_of_withheld_names_alone(lines: list[dict[str, list[Generated]]]) -> None:
    """No name in them belongs to the part that trials learn from."""
    found = {name for line in mine(lines, 0) for name in line.brand.split("|") if name}
    assert found
    assert {Part.TEST} == {part_of_brand(name) for name in found}


def test_pay_and_incoming_transfers_are_credits(lines: list[dict[str, list[Generated]]]) -> None:
    """Money that came in is a credit; no other generated line is one."""
    rows = generated(CONFIG, 1)
    incoming = {line.description for line in mine(lines, 1) if line.incoming}
    assert incoming
    for row, _ in rows:
        assert row.credit == ("income" in row.truth or row.description in incoming)


def ballot(kind: Kind = Kind.BRAND) -> Ballot:
    """A ballot for fuel."""
    return Ballot("fuel", 0.9, "x", kind=kind)


def row(weight: float = 1.0, kind: Kind = Kind.BRAND) -> Cast:
    """A row with one ballot."""
    return Cast((ballot(kind),), AmountBand.UNDER_100, frozenset(("fuel",)), weight)


def test_together_each_has_its_share() -> None:
    """However many rows it has and whatever they weigh; within one the proportions stay."""
    parts = [
        StandIn("few", 1.0, [row(3), row(1)]),
        StandIn("many", 0.25, [row(10) for _ in range(50)]),
        StandIn("one", 0.5, [row(0.01)]),
    ]
    weights = [each.weight for each in together(parts)]
    assert [1.0, 0.25, 0.5] == [pytest.approx(sum(part)) for part in (weights[:2], weights[2:52], weights[52:])]
    assert [0.75, 0.25] == pytest.approx(weights[:2])


def test_as_of_a_new_source_nobody_is_rare() -> None:
    """Where the memory is not at home, not to be in it says nothing; all other ballots stay as they are."""
    rows = [row(2.0, kind) for kind in Kind]
    elsewhere = {Kind.RARE: Kind.LEARNED, Kind.RARE_HUNCH: Kind.HUNCH}
    expected = [row(2.0, elsewhere.get(kind, kind)) for kind in Kind]
    assert expected == as_new(rows)


@dataclass
class Recorded:
    """What the stand-ins were made of: by name, descriptions with the rules that voted on them.

    Args:
        rows: All labelled rows that were voted on.
    """

    found: dict[str, list[tuple[str, str]]]
    shares: dict[str, float]
    rows: list[Labelled] = field(default_factory=list)


@pytest.fixture(scope="module")
def recorded() -> Callable[[int], Recorded]:
    """Makes the stand-ins of a half from votes that tell the description and the rules."""
    held_out = merchants(TrainingConfig(limit=200))
    rows: list[Labelled] = []

    def told(labelled: Sequence[Labelled], _: LearnedText, rules: RulesVoter) -> list[Cast]:
        rows.extend(labelled)
        return [
            Cast((Ballot(str(rules), 0.9, each.description, kind=Kind.RARE),), each.band, each.truth, each.weight)
            for each in labelled
        ]

    def seen(chosen: Sequence[Merchant], _: str, learned: LearnedText, rules: RulesVoter) -> list[Cast]:
        return told(
            [Labelled(each.description, "CAD", AmountBand.UNDER_100, frozenset(("fuel",))) for each in chosen],
            learned,
            rules,
        )

    @cache
    def make(half: int) -> Recorded:
        rows.clear()
        informed = Informed(small(), cast(RulesVoter, "whole"), cast(RulesVoter, "partly"))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(module, "cast_votes", told)
            patch.setattr(module, "cast_seen", seen)
            parts = stand_ins(CONFIG, informed, held_out, half)
        found = {
            part.name: [(each.ballots[0].evidence, each.ballots[0].category) for each in part.rows] for part in parts
        }
        return Recorded(found, {part.name: part.share for part in parts}, list(rows))

    return make


def test_names_are_hidden_where_the_stand_in_says_so(recorded: Callable[[int], Recorded]) -> None:
    """Everywhere else the rules know all written names; the lines are the same ones."""
    found = recorded(1).found
    for name, rows in found.items():
        assert {"partly" if "hidden" in name else "whole"} == {rules for _, rules in rows}, name
    for end in ("", "_cut_short"):
        assert [line for line, _ in found[f"written_names{end}"]] == [
            line for line, _ in found[f"written_names_hidden{end}"]
        ]


def test_cards_of_a_council_calibrate_only(recorded: Callable[[int], Recorded]) -> None:
    """Both halves have all other stand-ins, with the same shares."""
    first, second = (recorded(half).shares for half in range(2))
    assert "council_cards" in first
    assert {name: share for name, share in first.items() if name != "council_cards"} == second
    assert {"merchants_seen_before", "held_out_merchants"} < set(second)


def test_a_short_field_keeps_a_beginning(recorded: Callable[[int], Recorded]) -> None:
    """Of 18 to 25 characters, without a space at its end; a line that was shorter stays whole."""
    whole = [row.description for row, _ in generated(CONFIG, 3)]
    found = recorded(1).found
    cut = [line for name, rows in found.items() if "cut_short" in name for line, _ in rows]
    assert cut
    assert max(map(len, cut)) < CUT[1]
    longest, shortest = max(map(len, cut)), CUT[0] - 1  # a space may have been the last character
    assert longest == CUT[1] - 1
    assert [] == [
        line
        for line in cut
        if not any(other.startswith(line) and (len(line) >= shortest or line == other.strip()) for other in whole)
    ]
