"""An explanation: the answers to a customer's questions about one decision, in one language."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from models.contracts.events import Decision, Transaction
from models.contracts.taxonomy import Category
from models.explanation.case import Case, Certainty, Look, case_of
from models.explanation.formatting import day, money
from models.explanation.grounds import Ground
from models.explanation.texts import (
    Besides,
    Data,
    Label,
    Language,
    Option,
    Right,
    Section,
    Standing,
    Texts,
    shipped_texts,
)

_STANDS = frozenset((Look.NO, Look.SAMPLED, Look.DONE))


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of what the payment was, such as its amount."""

    label: Label
    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Answer:
    """One question with its answer.

    Args:
        keys: Where the sentences stand in the file of texts, in their order: ``grounds.brand``.
    """

    section: Section
    heading: str
    keys: tuple[str, ...]
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """A decision in words for the customer whose payment it is.

    Args:
        language: Code of the language.
        category: The one decided, as the taxonomy calls it.
        grounds: What it rests on, the weightiest first.
        text: All of it as plain text.
    """

    language: str
    category: str
    grounds: tuple[Ground, ...]
    certainty: Certainty
    look: Look
    title: str
    facts: tuple[Fact, ...]
    answers: tuple[Answer, ...]
    contact: str
    text: str


def explain_for_customer(
    decision: Decision, transaction: Transaction | None, language: str, *, texts: Texts | None = None
) -> Explanation:
    """A decision in words for the customer whose payment it is.

    Args:
        transaction: Its transaction; a request for review holds what is needed of it.
        language: Code (ISO 639-1).
        texts: The bank's own words; the shipped ones by default.

    Raises:
        ConfigurationError: There are no words in this language.
    """
    return explain(case_of(decision, transaction), texts or shipped_texts(), language)


def explain(case: Case, texts: Texts, language: str) -> Explanation:
    """Explain a decision.

    Raises:
        ConfigurationError: There are no words in this language.
    """
    words = texts.of(language)
    facts = tuple(_facts(case, words))
    answers = tuple(_answers(case, words))
    return Explanation(
        language=language,
        category=case.category,
        grounds=tuple(_told(case)),
        certainty=case.certainty,
        look=case.look,
        title=words.title,
        facts=facts,
        answers=answers,
        contact=words.contact,
        text=_text(words, facts, answers),
    )


def _facts(case: Case, words: Language) -> Iterator[Fact]:
    labels = words.labels
    payment = case.payment
    if payment is not None:
        yield Fact(Label.LINE, labels[Label.LINE], payment.line)
    if case.merchant is not None:
        yield Fact(Label.BUSINESS, labels[Label.BUSINESS], case.merchant)
    if case.via is not None:
        yield Fact(Label.THROUGH, labels[Label.THROUGH], case.via)
    if payment is not None:
        way = Label.RECEIVED if payment.amount < 0 else Label.PAID
        yield Fact(way, labels[way], money(payment.amount, payment.currency, words.numbers))
        yield Fact(Label.DATE, labels[Label.DATE], day(payment.timestamp, words.dates))


def _answers(case: Case, words: Language) -> Iterator[Answer]:
    standing = _standing(case)
    category = words.categories[Category(case.category)]
    decided = words.decided[standing].format(category=category)
    yield Answer(Section.DECIDED, words.headings[Section.DECIDED], (f"decided.{standing}",), (decided,))
    yield _why(case, words)
    yield _answer(words, Section.SURE, f"certainty.{case.certainty}")
    yield _answer(words, Section.PERSON, f"person.{case.look}")
    for section, keys in ((Section.OPTIONS, Option), (Section.DATA, Data), (Section.RIGHTS, Right)):
        yield _answer(words, section, *(f"{section}.{key}" for key in keys))


def _why(case: Case, words: Language) -> Answer:
    answer = _answer(words, Section.WHY, *(f"grounds.{ground}" for ground in _told(case)), *_besides(case))
    return replace(answer, sentences=tuple(sentence.format(word=case.word) for sentence in answer.sentences))


def _told(case: Case) -> Iterator[Ground]:
    """The grounds, with the word that is meant where it can be shown."""
    for ground in case.grounds:
        about_word = ground in (Ground.WORD, Ground.NAMED_WORD)
        yield (Ground.NAMED_WORD if case.word else Ground.WORD) if about_word else ground


def _standing(case: Case) -> Standing:
    if Ground.NOTHING in case.grounds:
        return Standing.UNKNOWN
    return Standing.SETTLED if case.look in _STANDS else Standing.PROVISIONAL


def _besides(case: Case) -> Iterator[str]:
    if case.disputed:
        yield f"besides.{Besides.DISAGREEMENT}"
    if case.ahead:
        yield f"besides.{Besides.FUTURE_DATE}"


def _answer(words: Language, section: Section, *keys: str) -> Answer:
    sentences = []
    for key in keys:
        table, _, name = key.partition(".")
        sentences.append(getattr(words, table)[name])
    return Answer(section, words.headings[section], keys, tuple(sentences))


def _text(words: Language, facts: tuple[Fact, ...], answers: tuple[Answer, ...]) -> str:
    """Title, facts and answers, with an empty line between each two."""
    parts = [words.title]
    if facts:
        parts.append("\n".join(words.fact.format(label=fact.name, value=fact.value) for fact in facts))
    parts.extend("\n".join((answer.heading, " ".join(answer.sentences))) for answer in answers)
    if words.contact:
        parts.append(words.contact)
    return "\n\n".join(parts)
