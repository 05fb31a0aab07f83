"""Which waiting request a person should answer first: the most unsure one whose answer settles most, and the oldest.

    priority = uncertainty x (1 + log2(settles)) + waited hours / 6

`uncertainty` is that of the decision (`models.decisions.policy.uncertainty`), `settles` how many waiting requests one
answer settles: those of the same merchant, this one among them. The logarithm is there because the second request of a
merchant says more than its hundredth. Time counts the same for all, so of two requests the first stays the first
however long both wait, unless what they settle changes: a queue may keep them sorted.

Nobody waits for ever: six hours are worth a point, and no request has more than 1.3 x (1 + log2(256)) = 11.7 points
from elsewhere. So one that waits for 71 hours stands before every request that comes then, which is within the 72
hours after which it expires by default.
"""

import math
from collections.abc import Sequence
from hashlib import blake2b
from typing import NamedTuple

HOURS_PER_POINT = 6.0
"""Hours of waiting that are worth as much as one point of uncertainty of a request that settles itself alone."""

MOST_SETTLED = 256
"""Waiting requests of one merchant that count; more than these give no precedence."""


class Standing(NamedTuple):
    """What a request's place rests on, apart from its age.

    Args:
        uncertainty: In [0, 1.3].
        settles: Waiting requests that one answer settles, itself among them; at least 1.
    """

    uncertainty: float
    settles: int


MIDDLE = Standing(0.5, 1)
"""The standing of a blind request where nothing else waits."""


def priority(uncertainty: float, waited_hours: float, settles: int) -> float:
    """The priority of a waiting request; higher ones are answered first.

    >>> priority(0.5, 0, 1), priority(0.5, 0, 8), priority(0.5, 12, 1)
    (0.5, 2.0, 2.5)

    Args:
        uncertainty: In [0, 1.3]; of a blind request that of its `stand_in`, never its own.
        waited_hours: Hours since it was opened; negative ones count as none, since clocks differ.
        settles: Waiting requests that one answer settles, itself among them; less than 1 counts as 1.
    """
    settled = min(max(settles, 1), MOST_SETTLED)
    return uncertainty * (1 + math.log2(settled)) + max(waited_hours, 0.0) / HOURS_PER_POINT


def stand_in(request: str, waiting: Sequence[Standing]) -> Standing:
    """The standing under which a blind request is sorted: that of a waiting one, drawn by its id.

    A blind request is a sure decision. Sorted by its own uncertainty it would come last, and its place would tell what
    the reviewer must not know. Drawn this way, blind ones are spread over the queue as the others are. Draw once, when
    the request is opened, and keep the answer: the draw depends on who waits.

    Args:
        request: An id that nobody chooses with the queue in mind, such as the transaction's.
        waiting: Of the requests that are not blind; in any order.
    """
    if not waiting:
        return MIDDLE
    drawn = int.from_bytes(blake2b(request.encode(), digest_size=8, person=b"review-order").digest())
    return sorted(waiting)[drawn % len(waiting)]
