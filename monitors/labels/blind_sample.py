"""The blind sample: which accepted decisions also go to a person, who does not see them.

What people see of their own accord are the unsure decisions; judged by those alone, accuracy would be that of the hard
cases. A decision drawn at random, with a probability that is known, makes accuracy estimable for all.
"""

from dataclasses import dataclass

from models.statistics.keyed_sample import KeyedSample


@dataclass(frozen=True, slots=True)
class BlindSample(KeyedSample):
    """Draws the transactions whose accepted decision a person is asked about."""
