"""Roles of topics: the purpose of each, apart from its name."""

from enum import StrEnum


class Role(StrEnum):
    """The purpose of a topic; its value is the topic's name without prefix."""

    TRANSACTIONS = "transactions"
    CATEGORIZED = "transactions.categorized"
    REVIEW = "transactions.review"
    DEAD_LETTER = "transactions.dead-letter"
    SLOW = "transactions.slow"
    CORRECTIONS = "transactions.corrections"
    OBSERVATIONS = "fairness.observations"
    STATE = "fairness.state"
    ALERTS = "fairness.alerts"
    REVIEW_JOURNAL = "review.journal"
    LEARNING_JOURNAL = "models.journal"
    UPDATES = "models.updates"
    LEARNING = "models.learning"
