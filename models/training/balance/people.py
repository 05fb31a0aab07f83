"""Names of people and employers, made by Mimesis from many languages; none belongs to a real person's account.

Names are drawn alike for every category, so that no name stands for one.
"""

from dataclasses import dataclass
from functools import cache

from mimesis import Finance, Person
from mimesis.keys import romanize
from mimesis.locales import Locale

from models.statements.normalise import statement_text
from models.training.balance.parts import Part, part_of_brand

LOCALES = (
    *(Locale.AZ, Locale.CS, Locale.DA, Locale.DE, Locale.EN, Locale.EN_AU, Locale.EN_CA, Locale.EN_GB, Locale.ES),
    *(Locale.ES_MX, Locale.ET, Locale.FI, Locale.FR, Locale.HR, Locale.HU, Locale.IS, Locale.IT, Locale.NL),
    *(Locale.NL_BE, Locale.NO, Locale.PL, Locale.PT, Locale.PT_BR, Locale.SK, Locale.SV, Locale.TR),
)
"""Written in Latin letters."""

ROMANIZED = (Locale.RU, Locale.UK)
"""Written in Cyrillic letters, turned into Latin ones as a bank would."""

EMPLOYERS = (Locale.EN, Locale.EN_GB, Locale.EN_CA, Locale.DE, Locale.FR, Locale.NL, Locale.SV)
_PER_LOCALE = 60


@dataclass(frozen=True, slots=True)
class FullName:
    """A person who does not exist."""

    first: str
    last: str


@dataclass(frozen=True, slots=True)
class Names:
    """Names to draw from.

    Args:
        people: First and last names of one language each.
    """

    people: tuple[FullName, ...]
    employers: tuple[str, ...]


@cache
def names(part: Part, seed: int) -> Names:
    """Names whose last name, or company, belongs to a part; equal arguments give equal names."""
    people = []
    for locale in (*LOCALES, *ROMANIZED):
        person = Person(locale, seed=f"{seed} {locale.value}")
        people += [
            FullName(_latin(person.first_name(), locale), _latin(person.last_name(), locale))
            for _ in range(_PER_LOCALE)
        ]
    companies = [
        _latin(finance.company(), locale)
        for locale in EMPLOYERS
        for finance in (Finance(locale, seed=f"{seed} {locale.value}"),)
        for _ in range(_PER_LOCALE)
    ]
    return Names(
        tuple(
            each
            for each in dict.fromkeys(people)
            if (each.first + each.last).isascii() and part.takes(part_of_brand(each.last))
        ),
        tuple(each for each in dict.fromkeys(companies) if each.isascii() and part.takes(part_of_brand(each))),
    )


def _latin(name: str, locale: Locale) -> str:
    return statement_text(romanize(locale)(name) if locale in ROMANIZED else name)
