"""A decision in words for its customer: every reason and ground in every language, and nothing that is others'."""

import json
import re
from datetime import UTC, datetime
from decimal import Decimal
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.contracts.events import Categorized, ConfidenceBand, Decision, Reason, ReviewRequest, Vote
from models.contracts.taxonomy import CATEGORIES
from models.contracts.wire import parse
from models.errors import ConfigurationError
from models.explanation.case import Case, Certainty, Look, Payment, case_of
from models.explanation.explanation import explain, explain_for_customer
from models.explanation.grounds import Ground
from models.explanation.texts import Section, shipped_texts
from models.voters.contract import Method
from tests.harness.messages import DECISION, REVIEW
from tests.models.explanation.test_texts import JARGON

TEXTS = shipped_texts()
NAMED = Ground.NAMED_WORD
EVIDENCE = {
    Method.MCC: "mcc 5814 fast food restaurants",
    Method.RULES: "brand tim hortons (written)",
    Method.TEXT: 'text ~ "orton", like "tom hortens"',
    Method.LLM: "llm some-model:7b",
    Method.ONLINE: "corrected by 17 people",
    Method.ACCOUNT: "corrected for this account",
    Method.HOUSE: "rule R-12 (version 0a1b2c3d4e5f)",
}


def decision(contract: type[Decision] = Categorized, **changed: object) -> Decision:
    """A decision with fields replaced."""
    valid = REVIEW if contract is ReviewRequest else DECISION
    return parse(contract, json.dumps(valid | changed).encode())[0]


def vote(method: str, evidence: str, category: str = "food_dining", weight: float = 1.0) -> dict[str, Any]:
    """A vote as events have it."""
    return {"method": method, "category": category, "confidence": 0.87, "weight": weight, "evidence": evidence}


def answers(of: Decision, language: str = "en") -> dict[Section, str]:
    """What is answered to each question."""
    explained = explain(case_of(of), TEXTS, language)
    return {answer.section: " ".join(answer.sentences) for answer in explained.answers}


@pytest.mark.parametrize("language", TEXTS.codes)
@pytest.mark.parametrize("method", Method)
@pytest.mark.parametrize("reason", Reason)
def test_every_reason_and_every_method_is_told(language: str, method: Method, reason: Reason) -> None:
    """In every language, in each section at least a sentence, without a figure."""
    of = decision(ReviewRequest, votes=[vote(method, EVIDENCE[method])], reasons=[reason], description="LINE")
    explained = explain(case_of(of), TEXTS, language)

    assert tuple(Section) == tuple(answer.section for answer in explained.answers)
    assert all(sentence for answer in explained.answers for sentence in answer.sentences)
    said = " ".join(" ".join(each.sentences) for each in explained.answers)
    assert None is re.search(r"\d|%|5814|tom hortens|R-12|some-model", said)


@pytest.mark.parametrize("language", TEXTS.codes)
def test_all_that_can_be_said_is_sent_as_it_is(language: str) -> None:
    """Each ground with each step, look and category: nothing in braces is left, and no dash clutters."""
    cases = [
        Case(category, (ground,), certainty, look, disputed=True, ahead=True, word="vet" if ground is NAMED else None)
        for (category, ground), (certainty, look) in zip(
            product(CATEGORIES, Ground), list(product(Certainty, Look)) * 100, strict=False
        )
    ]
    texts = [explain(case, TEXTS, language).text for case in cases]

    assert [] == [text for text in texts if re.search(r"[{}—–_]", text)]
    assert len(CATEGORIES) * len(Ground) == len(texts)


def test_the_weightiest_grounds_are_told_first() -> None:
    """Two at most, of votes for the category; that others spoke against it is said without what they said."""
    of = decision(
        votes=[
            vote("mcc", "mcc 5411 grocery stores", "groceries", 0.2),
            vote("text", "seen before, 386 of 386 times so", weight=0.3),
            vote("rules", "cue word cafe", weight=0.5),
        ]
    )

    assert (Ground.WORD, Ground.KNOWN_BUSINESS) == case_of(of).grounds
    assert answers(of)[Section.WHY] == (
        "A word in the text says what kind of business it is. "
        "We know this business. Its payments usually belong in this category. "
        "Other signs in the payment pointed to another category."
    )


@pytest.mark.parametrize(
    ("reason", "method", "ground"),
    [
        (Reason.HOUSE_RULE, Method.HOUSE, Ground.HOUSE_RULE),
        (Reason.CORRECTED_FOR_ACCOUNT, Method.ACCOUNT, Ground.OWN_CORRECTION),
        (Reason.CORRECTED_BY_PEOPLE, Method.ONLINE, Ground.CORRECTED),
    ],
)
@pytest.mark.parametrize("known", [True, False])
def test_what_decides_alone_is_the_only_ground(reason: Reason, method: Method, ground: Ground, *, known: bool) -> None:
    """Whatever the others said, also where its evidence is of another form than today's."""
    evidence = EVIDENCE[method] if known else "because"
    of = decision(reasons=[reason], votes=[vote("mcc", "mcc 5411", "groceries", 0.0), vote(method, evidence)])

    assert ((ground,), False) == (case_of(of).grounds, case_of(of).disputed)


def test_a_person_is_named_as_the_one_who_decided() -> None:
    """Votes stay in the event to say why somebody was asked; the customer is told who decided, and not by name."""
    of = decision(decided_by="human", answered_by="reviewer-7", reasons=["confidence_below_threshold"])
    explained = explain(case_of(of), TEXTS, "en")

    assert ((Ground.PERSON,), Certainty.PERSON, Look.DONE) == (explained.grounds, explained.certainty, explained.look)
    assert "A person at the bank looked at the payment and decided." in explained.text
    assert "reviewer-7" not in explained.text


@pytest.mark.parametrize(
    ("contract", "changed", "look", "said"),
    [
        (Categorized, {}, Look.NO, "This payment is in the category “Eating and drinking out”."),
        (Categorized, {"requires_review": True}, Look.UNANSWERED, "For now, this payment is in"),
        (ReviewRequest, {"requires_review": True}, Look.ASKED, "For now, this payment is in"),
        (
            ReviewRequest,
            {"requires_review": True, "review_note": "right 94% of the time"},
            Look.ASKED_FOR_GROUP,
            "For now, this payment is in",
        ),
        (ReviewRequest, {"blind": True, "votes": []}, Look.SAMPLED, "This payment is in the category"),
    ],
)
def test_who_looks_at_it_is_told(contract: type[Decision], changed: dict[str, Any], look: Look, said: str) -> None:
    """And how far the category stands until then."""
    of = decision(contract, **changed)

    assert look is case_of(of).look
    assert answers(of)[Section.DECIDED].startswith(said)
    assert TEXTS.of("en").person[look] == answers(of)[Section.PERSON]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("LUIGI Pizza ROMA", "The text says “Pizza”, which often stands for a business of this kind."),
        ("LUIGI PIZZERIA", "A word in the text says what kind of business it is."),
        ("A {B} PIZZA", "The text says “PIZZA”, which often stands for a business of this kind."),
    ],
)
def test_a_word_is_named_where_the_line_has_it(line: str, said: str) -> None:
    """As the line writes it; a brand that stands beside it in the evidence is not."""
    cast = [vote("rules", "cue word pizza, no brand roma (shop/supermarket)")]
    explained = explain_for_customer(decision(ReviewRequest, votes=cast, description=line), None, "en")

    assert said == next(" ".join(each.sentences) for each in explained.answers if each.section is Section.WHY)
    assert "supermarket" not in explained.text


def test_what_nobody_could_tell_is_said_so() -> None:
    """No vote at all."""
    of = decision(ReviewRequest, requires_review=True, category="other", votes=[], reasons=[Reason.NO_VOTE])

    assert "We could not tell what this payment was for." in answers(of)[Section.DECIDED]
    assert "Nothing in the payment told us what it was for." == answers(of)[Section.WHY]


@pytest.mark.parametrize(
    ("band", "certainty"),
    [
        ("VERY_HIGH", Certainty.SURE),
        ("HIGH", Certainty.SURE),
        ("MEDIUM", Certainty.FAIRLY_SURE),
        ("LOW", Certainty.UNSURE),
    ],
)
def test_certainty_has_three_steps(band: str, certainty: Certainty) -> None:
    """Bands of confidence; the figure is not told."""
    assert certainty is case_of(decision(band=band)).certainty


def test_facts_are_those_of_the_statement() -> None:
    """Line, merchant, platform, money and day, as the language writes them."""
    payment = Payment("SQ *CAFE", Decimal("-1234.5"), "EUR", datetime(2026, 3, 1, 12, tzinfo=UTC))
    case = Case("income", (Ground.WORDING,), Certainty.SURE, Look.NO, merchant="Cafe", via="Square", payment=payment)

    facts = {
        code: [f"{fact.name}={fact.value}" for fact in explain(case, TEXTS, code).facts] for code in ("en", "de", "fr")
    }

    assert ["Amount received=1,234.50\u00a0EUR", "Date=1 March 2026"] == facts["en"][3:]
    assert ["Erhaltener Betrag=1.234,50\u00a0EUR", "Datum=1. März 2026"] == facts["de"][3:]
    assert ["Montant reçu=1\u00a0234,50\u00a0EUR", "Date=1er mars 2026"] == facts["fr"][3:]
    assert ["Text on your statement=SQ *CAFE", "Business, as we read it=Cafe", "Paid through=Square"] == facts["en"][:3]


def test_a_decision_without_its_transaction_is_explained() -> None:
    """What the ledger has: no line, no amount, no day."""
    facts = explain(case_of(decision()), TEXTS, "en").facts

    assert ["Tim Hortons"] == [fact.value for fact in facts]


def test_a_language_without_words_is_refused() -> None:
    """With those that there are."""
    with pytest.raises(ConfigurationError, match=r"there are no words in 'xx': explanations.toml has en, de, fr"):
        explain(case_of(decision()), TEXTS, "xx")


SECRET = "ZQXSECRETMERCHANT"
"""Stands in all that customers are not told."""
FORMS = [
    "brand {} (written)", "brand {} (nsi, one letter off), cue word {}", "cue word {}, no brand {} (shop/supermarket)",
    "counterparty: brand {} (written); description: brand {} (written)", "statement says {}", "{} names a person",
    "channel {}", "platform {}", "till {}", "seen before, {} of 8317 times so", 'text ~ "{}" + "{}", like "{}"',
    'text, by elimination, like "{}"', "llm {}:7b", "corrected by 8317 people", "corrected for 8317 merchants of {}",
    "like lines of {}", "rule {} (version 8317)", "mcc 8317 {}", "mcc 8317 {}, not what this merchant sells", "{}",
    "{{category}}{{0}} {}",
]  # fmt: skip
"""Evidence of each form that voters write, of an older one and of a hostile one; {} is what it names."""
votes = st.builds(
    Vote,
    method=st.sampled_from([*Method, "tomorrow"]),
    category=st.sampled_from(CATEGORIES),
    confidence=st.floats(0, 1),
    weight=st.floats(0, 1),
    evidence=st.sampled_from(FORMS).map(lambda form: form.replace("{}", SECRET)),
)


@given(
    cast=st.lists(votes, max_size=6),
    replaced=st.fixed_dictionaries(
        {
            "reasons": st.lists(st.sampled_from(Reason), max_size=4).map(tuple),
            "category": st.sampled_from(CATEGORIES),
            "band": st.sampled_from(ConfidenceBand),
            "requires_review": st.booleans(),
            "decided_by": st.sampled_from(["human", "ensemble"]),
            "review_note": st.none() | st.just(f"in trials {SECRET} was right 83.17% of the time"),
            "merchant": st.none() | st.text("AB {}%", min_size=1, max_size=12),
            "description": st.text("AB{}%\\ é", min_size=1, max_size=30),
            "amount": st.decimals(-999_999, 999_999, places=3),
        }
    ),
    contract=st.sampled_from([Categorized, ReviewRequest]),
    language=st.sampled_from(TEXTS.codes),
)
def test_no_decision_leaks_what_is_not_the_customers(
    cast: list[Vote], replaced: dict[str, Any], contract: type[Decision], language: str
) -> None:
    """Facts are shown as they are; evidence, notes, accounts, people, jargon and other figures never."""
    mine = {name: value for name, value in replaced.items() if name in contract.model_fields}
    secret = dict.fromkeys(("account_id", "transaction_id", "merchant_key", "answered_by", "house_version"), SECRET)
    of = decision(contract).model_copy(update={**mine, **secret, "votes": tuple(cast)})
    explained = explain_for_customer(of, None, language)

    assert SECRET not in explained.text
    line, merchant = mine.get("description"), mine["merchant"]
    assert [each for each in (line, merchant) if each is not None] == [fact.value for fact in explained.facts][
        : (line is not None) + (merchant is not None)
    ]
    rest = explained.text
    for fact in explained.facts:
        rest = rest.replace(TEXTS.of(language).fact.format(label=fact.name, value=fact.value), "", 1)
    assert None is re.search(r"[0-9%{}_]", rest)
    assert None is re.search(JARGON[language], rest, re.IGNORECASE)
