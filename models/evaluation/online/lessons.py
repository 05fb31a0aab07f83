"""What honest corrections change: merchants corrected, unseen stores of their families, names that look alike."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from random import Random

from models.evaluation.data.labels import Truth
from models.evaluation.online.figures import Figure, loss_figure, share_figure
from models.evaluation.online.rows import OnlineRow, Stage, correction, decided, follower, loss, seen, worst_loss
from models.learned.online.keys import MerchantKey
from models.learned.online.learner import OnlineLearner
from models.statistics.shares import share_of

FAMILIES = 5
"""Families that are corrected together."""

CORRECTED = 4
"""Stores of each that are corrected."""

UNSEEN = 20
"""Stores of each that are measured."""

ALIKE = 4
"""Letters with which names that look alike begin alike."""

TOWNS = (
    *("ajax", "barrie", "kanata", "orleans", "nepean", "bolton", "keswick", "uxbridge", "stouffville", "orangeville"),
    *("lindsay", "picton", "meaford", "elora", "fergus", "arthur", "harriston", "wiarton", "tobermory", "hanover"),
)
"""Of stores that are made up; some the statement's text loses, some it keeps."""

FORMS = ("{name} #{number}", "{name} {town}", "{name} {town} {number}", "{name} {number}", "{name} {town} ltd")
"""How stores of one name are written."""


def by_merchant(rows: Sequence[OnlineRow]) -> dict[MerchantKey, list[OnlineRow]]:
    """Rows by merchant, without those that name none."""
    held: dict[MerchantKey, list[OnlineRow]] = {}
    for row in rows:
        if row.key is not None:
            held.setdefault(row.key, []).append(row)
    return held


def wrong_merchants(rows: Sequence[OnlineRow]) -> dict[MerchantKey, list[OnlineRow]]:
    """Merchants with two rows or more that the ensemble gets wrong for the most part."""
    return {
        key: held
        for key, held in by_merchant(rows).items()
        if len(held) > 1 and 2 * sum(not row.right for row in held) > len(held)
    }


Lessons = Sequence[tuple[OnlineRow, str]]
"""Rows with the categories that they are corrected to."""


def taught(stage: Stage, lessons: Lessons, second: Lessons = ()) -> OnlineLearner:
    """A learner that has taken corrections, one a minute.

    Args:
        lessons: Said by a few reviewers in turn.
        second: Said by another one, after that.
    """
    learner = stage.learner()
    for number, (row, category) in enumerate([*lessons, *second]):
        actor = f"reviewer-{number % 5}" if number < len(lessons) else "second reviewer"
        given = correction(row, category, number, actor=actor, after=timedelta(minutes=number))
        learner.take(given, offset=number)
    return learner


def single(held: Sequence[OnlineRow]) -> Truth:
    """Categories that are right for all rows of a merchant; none where its rows contradict each other."""
    return frozenset.intersection(*(row.truth for row in held))


def merchants(stage: Stage, *, number: int, seed: int) -> list[Figure]:
    """Correct one row each of some merchants that the ensemble gets wrong.

    Merchants whose rows contradict each other are told apart: no category is right for all of them.
    """
    random = Random(seed)
    wrong = wrong_merchants([*stage.holdout, *stage.rows])
    one = [key for key in sorted(wrong) if single(wrong[key])]
    several = [key for key in sorted(wrong) if not single(wrong[key])]
    chosen = random.sample(one, min(number, len(one)))
    lessons, others = one_each([wrong[key] for key in chosen], random)
    model = follower(taught(stage, lessons))
    keys = set(chosen)
    rest = [row for row in stage.rows if row.key not in keys]
    name, worst = worst_loss(model, rest) or ("", None)
    right = share_of([decided(model, row) in row.truth for row in others])
    figures = [
        Figure("merchants corrected, one correction each", len(chosen), len(one), note="of those it gets wrong"),
        share_figure("their other transactions right before", share_of([row.right for row in others])),
        share_figure("their other transactions right afterwards", right, bar=0.95),
        loss_figure("loss on everything else", loss(model, rest), bar=0.002),
        loss_figure("largest loss of a category or band", worst, bar=0.005, note=name),
    ]
    if waiting := [(row, label) for row, label in lessons if decided(model, row) != label]:
        both = follower(taught(stage, lessons, waiting))
        right = share_of([decided(both, row) in row.truth for row in others])
        note = f"{len(waiting)} frequent merchants, which wait for it"
        figures.append(replace(share_figure("the same with a second person's word", right, bar=0.95), note=note))
    mixed = [wrong[key] for key in random.sample(several, min(number, len(several)))]
    if mixed:
        lessons, others = one_each(mixed, random)
        model = follower(taught(stage, lessons))
        most = sum(max(Counter(each for row in held for each in row.truth).values()) for held in mixed)
        note = f"{len(mixed)} merchants; one category each is right for {most:,} of {sum(map(len, mixed)):,}"
        right = share_of([decided(model, row) in row.truth for row in others])
        figures.append(replace(share_figure("the same of merchants that the file gives several", right), note=note))
    return figures


def one_each(held: Sequence[Sequence[OnlineRow]], random: Random) -> tuple[Lessons, list[OnlineRow]]:
    """A wrong row of each merchant with what it is corrected to, and the other rows of them."""
    corrected = [random.choice([row for row in rows if not row.right]) for rows in held]
    labels = [min(single(rows) or row.truth) for row, rows in zip(corrected, held, strict=True)]
    given = {id(row) for row in corrected}
    others = [row for rows in held for row in rows if id(row) not in given]
    return list(zip(corrected, labels, strict=True)), others


def stores(name: str, random: Random) -> list[str]:
    """Texts of stores of one name, each once, in a random order."""
    texts: dict[str, None] = {}
    for form in FORMS:
        for town in TOWNS:
            number = random.choice((random.randint(1, 99), random.randint(100, 9_999)))
            texts[form.format(name=name, town=town, number=number)] = None
    return random.sample(sorted(texts), len(texts))


def family_rows(stage: Stage, row: OnlineRow, random: Random, number: int) -> list[OnlineRow]:
    """Made-up stores of a merchant, with its truth; no two that are the same merchant to the learner."""
    made = [
        (row.transaction.model_copy(update={"description": text.upper(), "counterparty": None}), row.truth)
        for text in stores(row.keys.text, random)
    ]
    return list({each.key: each for each in reversed(seen(stage.ensemble, made))}.values())[:number]


def named(rows: Sequence[OnlineRow]) -> list[OnlineRow]:
    """One row of each merchant whose name has two words or more, none of them a number."""
    held = by_merchant(rows)
    first = [held[key][0] for key in sorted(held)]
    return [row for row in first if len(row.keys.family) > 1 and row.keys.text.replace(" ", "").isalpha()]


def families(stage: Stage, *, draws: int, seed: int) -> list[Figure]:
    """Correct a few stores each of some families that the ensemble gets wrong, and look at others of the same."""
    random = Random(seed)
    held = wrong_merchants([*stage.holdout, *stage.rows])
    wrong = [row for row in named([row for rows in held.values() for row in rows]) if not row.right]
    before: list[bool] = []
    after: list[bool] = []
    for _ in range(draws if len(wrong) >= FAMILIES else 0):
        lessons: list[tuple[OnlineRow, str]] = []
        unseen: list[OnlineRow] = []
        for row in random.sample(wrong, FAMILIES):
            made = family_rows(stage, row, random, CORRECTED + UNSEEN)
            lessons += [(each, row.label) for each in made[:CORRECTED]]
            unseen += made[CORRECTED:]
        model = follower(taught(stage, lessons))
        before += [row.right for row in unseen]
        after += [decided(model, row) in row.truth for row in unseen]
    return [
        Figure("corrections of stores in each draw", FAMILIES * CORRECTED, draws, note="draws"),
        share_figure("unseen stores of the same families right before", share_of(before)),
        share_figure("unseen stores of the same families right afterwards", share_of(after), bar=0.95),
    ]


def alike(rows: Sequence[OnlineRow], number: int, random: Random) -> list[tuple[OnlineRow, OnlineRow]]:
    """Pairs of merchants of different categories whose names begin with the same letters, or share a word."""
    first = named(rows)
    by_letters: dict[str, list[OnlineRow]] = {}
    for row in first:
        for word in {row.keys.family[0][:ALIKE], *(word for word in row.keys.family if len(word) > ALIKE)}:
            by_letters.setdefault(word, []).append(row)
    pairs = []
    for row in random.sample(first, len(first)):
        others = [
            other
            for word in (row.keys.family[0][:ALIKE], *row.keys.family)
            for other in by_letters.get(word, ())
            if not other.truth & row.truth and other.key != row.key
        ]
        if others:
            pairs.append((row, random.choice(others)))
        if len(pairs) == number:
            break
    return pairs


def look_alikes(stage: Stage, *, number: int, seed: int) -> list[Figure]:
    """Correct stores of one name, and look at another that looks alike and is something else."""
    random = Random(seed)
    pairs = alike(stage.rows, number, random)
    dragged: list[bool] = []
    kinds: Counter[str] = Counter()
    for row, other in pairs:
        kinds["first word" if row.keys.family[0] == other.keys.family[0] else "letters, or a word behind"] += 1
        made = family_rows(stage, row, random, CORRECTED)
        model = follower(taught(replace(stage, holdout=()), [(each, row.label) for each in (row, *made)]))
        dragged.append(decided(model, other) != other.decided)
    note = ", ".join(f"{count} share {kind}" for kind, count in sorted(kinds.items()))
    figure = share_figure("look-alikes that are dragged along", share_of(dragged), bar=0.01, at_least=False)
    return [replace(figure, note=note)]
