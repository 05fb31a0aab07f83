"""Two parts that share neither template nor brand: what a model is trained on, and what it is then tested on.

The division does not depend on a seed: a brand or template of one part is in that part whatever is drawn.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from functools import lru_cache

from models.learned.memory import memory_key
from models.statements.normalise import merchant_text

TEST_SHARE = 0.3
_GROUP_LETTERS = 4


class Part(StrEnum):
    """The brands and templates that a set is made of."""

    TRAIN = "train"
    TEST = "test"
    ALL = "all"

    def takes(self, part: "Part") -> bool:
        """Tell whether what belongs to `part` may be used."""
        return self in (part, Part.ALL)


def brand_group(name: str) -> str:
    """The key that keeps spellings and branches of a brand together: the first four letters or digits of its key.

    >>> brand_group("The Keg #12"), brand_group("TIM HORTONS"), brand_group("TIMHORTONS 204")
    ('keg', 'timh', 'timh')
    """
    text = merchant_text(name)
    return (memory_key(text) or text)[:_GROUP_LETTERS]


@lru_cache(maxsize=1 << 18)
def part_of_brand(name: str) -> Part:
    """The part of a brand or merchant, by a hash of its group; a training asks for the same names over and over."""
    return Part.TEST if place(brand_group(name)) < TEST_SHARE else Part.TRAIN


def parts_of_templates(groups: Iterable[Sequence[str]]) -> Mapping[str, Part]:
    """Divide templates so that every group has some in both parts and equal templates of several groups stay together.

    Args:
        groups: Templates that can stand for each other, such as those of one category.
    """
    parts: dict[str, Part] = {}
    for group in groups:
        open_ones = sorted((template for template in set(group) if template not in parts), key=place)
        wanted = max(1, round(TEST_SHARE * len(set(group))))
        wanted -= sum(parts.get(template) is Part.TEST for template in set(group))
        for number, template in enumerate(open_ones):
            parts[template] = Part.TEST if number < wanted else Part.TRAIN
    return parts


def place(text: str) -> float:
    """A number in [0, 1) that depends on the text alone and is as good as drawn."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8]) / 2**64
