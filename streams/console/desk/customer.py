"""What the customer of a request can be told of it, in every language there is."""

from typing import TypedDict

from models.contracts.events import Reason
from models.decisions.policy import confidence_band
from models.explanation.case import Case, Payment, asked, certainty_of
from models.explanation.explanation import explain
from models.explanation.grounds import grounds_of, is_disputed, word_of
from models.explanation.texts import Texts
from streams.console.desk.contract import Aid, Task


class CustomerWords(TypedDict):
    """The words in one language.

    Args:
        code: Of the language (ISO 639-1).
        language: Its name in itself.
    """

    code: str
    language: str
    text: str


def customer_words(of: Task, aid: Aid, texts: Texts) -> list[CustomerWords]:
    """What the customer can be told while a person is asked, in the order of the texts.

    Args:
        aid: Of the request; whoever is to answer without is not told what was decided.
    """
    case = _case(of, aid)
    return [
        {"code": code, "language": texts.of(code).name, "text": explain(case, texts, code).text} for code in texts.codes
    ]


def _case(of: Task, aid: Aid) -> Case:
    return Case(
        category=aid.category,
        grounds=grounds_of(aid.votes, aid.reasons, aid.category),
        certainty=certainty_of(confidence_band(aid.confidence)),
        look=asked(sure_in_itself=aid.note is not None),
        disputed=is_disputed(aid.votes, aid.reasons, aid.category),
        ahead=Reason.TIMESTAMP_AHEAD in aid.reasons,
        word=word_of(aid.votes, aid.reasons, aid.category, of.description),
        merchant=of.merchant,
        via=of.via,
        payment=Payment(of.description, of.amount, of.currency, of.timestamp),
    )
