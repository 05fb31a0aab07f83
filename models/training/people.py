"""People's corrections as something to train on: what they say of merchants, and nothing of who said it of whom.

Of a correction only the merchant's text, as the memory has it, the category and the amount band are used; lines that
name no merchant, but perhaps a private person, are left out, as everywhere (`models.decisions.line_keys`).
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence, Set
from dataclasses import dataclass, field
from enum import StrEnum

from pydantic import JsonValue

from models.contracts.corrections import Correction, Scope, Standing
from models.contracts.events import AmountBand, amount_band
from models.decisions.ensemble import WEIGHTS, Ensemble
from models.decisions.line_keys import CorrectionKeys
from models.decisions.naming import Namer
from models.learned.online.keys import LineKeys
from models.training.examples import Merchant
from models.voters.rules import RulesVoter


class Consent(StrEnum):
    """Whose corrections may be trained on; who runs the training answers for it."""

    REVIEWERS = "reviewers"
    """Those of the bank's own people."""
    ALL = "all"
    """Those of customers, too, who have agreed to it."""


class Skipped(StrEnum):
    """Why a correction is not trained on."""

    REPEATED = "repeated"
    TAKEN_BACK = "taken_back"
    SUPERSEDED = "superseded"
    """The same person said something else of the same merchant later."""
    NO_CONSENT = "no_consent"
    LEFT_OUT = "actor_left_out"
    NO_TRANSACTION = "no_transaction"
    """It does not say what line it is about."""
    NO_MERCHANT = "no_merchant"
    """The line names none, or perhaps a private person."""
    OUTVOTED = "outvoted"
    """Others say something else of the merchant."""
    TOO_FEW = "too_few_agree"
    """All who say so weigh less than one reviewer."""


@dataclass(frozen=True, slots=True)
class Terms:
    """How much people's word weighs.

    Args:
        accounts: So many customers weigh as much as one reviewer.
        agreement: From this weight on it takes the place of what the tables say of a merchant.
        without: Actors whose corrections are left out.
    """

    consent: Consent = Consent.REVIEWERS
    accounts: int = 5
    agreement: int = 2
    without: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Word:
    """What people say of one merchant.

    Args:
        text: As the memory and the n-grams have it.
        weight: In reviewers.
    """

    text: str
    category: str
    weight: float
    bands: Counter[AmountBand]


@dataclass(frozen=True, slots=True)
class Taught:
    """What people say of merchants, and how much of what they said it is.

    Args:
        words: One for each merchant, by its text.
        used: Corrections in them.
        skipped: The others, by reason.
        source: Where they came from, for the manifest; no name of a file.
    """

    words: Sequence[Word] = ()
    terms: Terms = field(default_factory=Terms)
    used: int = 0
    skipped: Counter[Skipped] = field(default_factory=Counter)
    unreadable: int = 0
    source: str = ""

    def summary(self) -> dict[str, JsonValue]:
        """Counts for the manifest: nobody is named in it."""
        return {
            "source": self.source,
            "consent": self.terms.consent.value,
            "customers_to_a_reviewer": self.terms.accounts,
            "agreement": self.terms.agreement,
            "actors_left_out": len(self.terms.without),
            "used": self.used,
            "merchants": len(self.words),
            "skipped": {reason.value: self.skipped[reason] for reason in Skipped if self.skipped[reason]},
            "unreadable": self.unreadable,
        }

    def over(self, merchants: Sequence[Merchant]) -> list[Merchant]:
        """Merchants of the tables, with what people say; sorted by text.

        A word counts as recent rows, one for each reviewer's weight; from `agreement` on as all rows there are.
        """
        found = {merchant.text: merchant for merchant in merchants}
        for word in self.words:
            before = found.get(word.text) or Merchant(word.text, word.text)
            found[word.text] = self._taught(before, word)
        return [found[text] for text in sorted(found)]

    def _taught(self, before: Merchant, word: Word) -> Merchant:
        rows = max(1, round(word.weight))
        band = word.bands.most_common(1)[0][0]
        after = Merchant(
            before.text, before.description, before.counts.copy(), before.recent.copy(), before.vague.copy()
        )
        if word.weight >= self.terms.agreement:
            by_band: Counter[AmountBand] = Counter()
            for (_, where), count in before.counts.items():
                by_band[where] += count
            after.counts = Counter({(word.category, where): count for where, count in by_band.items()})
            after.recent = Counter({word.category: before.recent.total()})
            after.vague = Counter()
        after.counts[word.category, band] += rows
        after.recent[word.category] += rows
        return after


KeysOf = Callable[[Correction], LineKeys | None]
"""The keys of the line that a correction is about."""


def shipped_keys() -> KeysOf:
    """As a worker works them out: the names of merchants depend on no model."""
    rules = RulesVoter()
    return CorrectionKeys(Ensemble([rules], "", weights=WEIGHTS, namer=Namer(rules)))


def taught_by(
    corrections: Iterable[Correction],
    terms: Terms,
    *,
    keys_of: KeysOf,
    source: str = "",
    unreadable: int = 0,
    taken_back: Set[str] = frozenset(),
) -> Taught:
    """Fold corrections into one word for each merchant; the same ones give the same, in whatever order they come.

    A person counts once for a merchant, with what they said last; of several categories that with the most weight is
    taken, and none where two weigh the same.

    Args:
        taken_back: Ids of corrections that count no more.
    """
    skipped: Counter[Skipped] = Counter()
    once: dict[str, Correction] = {}
    for correction in corrections:
        if correction.correction_id in once:
            skipped[Skipped.REPEATED] += 1
        once.setdefault(correction.correction_id, correction)
    spoken: defaultdict[str, dict[str, Correction]] = defaultdict(dict)
    for one in sorted(once.values(), key=lambda each: (each.timestamp, each.correction_id)):
        taken = one.correction_id in taken_back
        text = Skipped.TAKEN_BACK if taken else _text_of(one, terms, keys_of)
        if isinstance(text, Skipped):
            skipped[text] += 1
            continue
        if spoken[text].pop(one.actor, None) is not None:
            skipped[Skipped.SUPERSEDED] += 1
        spoken[text][one.actor] = one
    words = []
    used = 0
    for text in sorted(spoken):
        word, number = _word(text, list(spoken[text].values()), terms, skipped)
        used += number
        words += [word] if word else []
    return Taught(words, terms, used, +skipped, unreadable, source)


def _text_of(one: Correction, terms: Terms, keys_of: KeysOf) -> str | Skipped:
    if one.actor in terms.without:
        return Skipped.LEFT_OUT
    if terms.consent is Consent.REVIEWERS and (one.standing is Standing.CUSTOMER or one.scope is Scope.ACCOUNT):
        return Skipped.NO_CONSENT
    if one.about is None:
        return Skipped.NO_TRANSACTION
    keys = keys_of(one)
    return keys.text if keys is not None and keys.merchant and keys.text else Skipped.NO_MERCHANT


def _word(text: str, spoken: Sequence[Correction], terms: Terms, skipped: Counter[Skipped]) -> tuple[Word | None, int]:
    """What is said of a merchant, and by how many; None where nobody prevails."""
    weights: defaultdict[str, float] = defaultdict(float)
    for one in spoken:
        weights[one.category] += _weight(one, terms)
    (category, weight), *others = sorted(weights.items(), key=lambda item: (-item[1], item[0]))
    agreed = [one for one in spoken if one.category == category]
    # A tenth of the smallest weight there is: sums of fifths are not exact.
    if weight + 0.1 / terms.accounts < 1:
        skipped[Skipped.TOO_FEW] += len(spoken)
        return None, 0
    if others and others[0][1] > weight - 0.1 / terms.accounts:
        skipped[Skipped.OUTVOTED] += len(spoken)
        return None, 0
    skipped[Skipped.OUTVOTED] += len(spoken) - len(agreed)
    bands = Counter(amount_band(one.about.amount, one.about.currency) for one in agreed if one.about)
    return Word(text, category, round(weight, 6), bands), len(agreed)


def _weight(one: Correction, terms: Terms) -> float:
    """In reviewers; a wish for one account's own books weighs as a customer's word, whoever wrote it down."""
    return 1 / terms.accounts if one.standing is Standing.CUSTOMER or one.scope is Scope.ACCOUNT else 1.0
