"""What should not matter: each attribute makes its pairs of clones."""

from collections.abc import Mapping
from types import MappingProxyType

from monitors.audits.counterfactual.attributes.merchants import CITY, CUISINE, FAITH, SIZE, SPELLING
from monitors.audits.counterfactual.attributes.names import GENDER, ORIGIN
from monitors.audits.counterfactual.attributes.numbers import AMOUNT, TIME
from monitors.audits.counterfactual.pairs import Attribute

ATTRIBUTES: Mapping[str, Attribute] = MappingProxyType(
    {each.name: each for each in (ORIGIN, GENDER, SPELLING, FAITH, CUISINE, AMOUNT, SIZE, CITY, TIME)}
)
"""By name, in the order of reports."""
