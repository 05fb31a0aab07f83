"""A number with its noun."""


def several(number: int, noun: str, many: str = "") -> str:
    """Say how many there are.

    Args:
        noun: For one of them.
        many: For several; empty: the noun with an s.

    >>> several(1, "rule"), several(0, "rule"), several(1200, "entry", "entries")
    ('1 rule', '0 rules', '1,200 entries')
    """
    return f"{number:,} {noun if number == 1 else many or f'{noun}s'}"
