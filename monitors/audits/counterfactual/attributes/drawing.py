"""Fewer pairs than there are, where fewer are asked for."""

import random
from collections.abc import Iterable

from monitors.audits.counterfactual.pairs import Pair


def drawn(pairs: Iterable[Pair], count: int, seed: int) -> list[Pair]:
    """All pairs, or so many of them drawn at random, in their order."""
    found = list(pairs)
    if len(found) <= count:
        return found
    return [found[place] for place in sorted(random.Random(seed).sample(range(len(found)), count))]
