"""All monitors, and what each is for."""

from collections.abc import Mapping
from types import MappingProxyType

from monitors.base.contract import Monitor, MonitorName
from monitors.catalogue.confidence import ConfidenceDrift, ConfidenceMedian
from monitors.catalogue.confidence_change import ConfidenceChange
from monitors.catalogue.parity import AmountParity, CategoryParity, MinorityRecall
from monitors.catalogue.probes import ProbeFlips
from monitors.catalogue.review import ReviewParity, ReviewRate, SureParity
from monitors.catalogue.review_rise import ReviewRise
from monitors.catalogue.usage import Abstention, Corrections, DeadLetters, MethodUsage, ModelAge, UnknownMerchants

MONITORS: tuple[Monitor, ...] = (
    ReviewRate(),
    ReviewRise(),
    ReviewParity(),
    SureParity(),
    AmountParity(),
    CategoryParity(),
    MinorityRecall(),
    ProbeFlips(),
    ConfidenceMedian(),
    ConfidenceDrift(),
    ConfidenceChange(),
    MethodUsage(),
    Abstention(),
    UnknownMerchants(),
    DeadLetters(),
    Corrections(),
    ModelAge(),
)
"""One of each, in the order in which people read them."""

DESCRIPTIONS: Mapping[MonitorName, str] = MappingProxyType(
    {
        MonitorName.REVIEW_RATE: "Share of a category's decisions that people must make.",
        MonitorName.REVIEW_RISE: "Rise of that share in the newest 24 h over the six days before.",
        MonitorName.REVIEW_PARITY: "How much more of an amount band goes to review than of the other bands.",
        MonitorName.SURE_PARITY: "How much more of a category's sure decisions goes to review than of the others'.",
        MonitorName.AMOUNT_PARITY: "How much less accurate the decisions of an amount band are than the others.",
        MonitorName.CATEGORY_PARITY: "How much less of a category is recognised than of the others.",
        MonitorName.MINORITY_RECALL: "Share of the rarest categories' transactions that are recognised.",
        MonitorName.PROBE_FLIPS: "Share of decisions that are other ones for a twin with another name, town or amount.",
        MonitorName.CONFIDENCE_MEDIAN: "Confidence that half of the decisions reach.",
        MonitorName.CONFIDENCE_DRIFT: "How far the distribution of the confidence is from the model's reference.",
        MonitorName.CONFIDENCE_CHANGE: "By how much the mean confidence fell at a change in the newest 24 h.",
        MonitorName.METHOD_USAGE: "Share of decisions in which a method voted.",
        MonitorName.ABSTENTION: "Share of decisions in which no method voted.",
        MonitorName.UNKNOWN_MERCHANTS: "Share of decisions on merchants of which the memory knows nothing.",
        MonitorName.DEAD_LETTERS: "Share of records that could not be read.",
        MonitorName.CORRECTIONS: "Corrections that changed a decision of the present model.",
        MonitorName.MODEL_AGE: "Days since the training of the model.",
    }
)
"""Monitor to one line for people."""
