"""The settings of the review queue and of the learner, as parts of `streams.settings.settings.Settings`."""

from typing import Literal

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings

LONGEST_SECRET = 64
"""Bytes of a key of BLAKE2b."""


class ReviewSettings(BaseSettings):
    """The review queue and its pages."""

    review_port: int = Field(
        9466, ge=0, le=65535, description="Port of the pages of reviewers, metrics and health; 0: any free one."
    )
    review_claim_seconds: float = Field(
        120.0, gt=0, description="How long a request stays with the reviewer who took it, before another may have it."
    )
    review_grace_seconds: float = Field(
        30.0, ge=0, le=3600, description="How long an answer can be taken back before the ledger gets it."
    )
    review_unaided_share: float = Field(
        0.05,
        ge=0,
        le=1,
        description="Share of unsure decisions asked without suggestions, so that nobody tells blind requests by it.",
    )
    review_expiry_hours: float = Field(
        72.0, gt=0, description="How long a request waits for an answer before `review_expired` applies."
    )
    review_expired: Literal["emit", "keep"] = Field(
        "emit",
        description="emit: an expired request goes to the ledger as the ensemble decided it, still marked for review; "
        "keep: it stays in the queue.",
    )
    review_open_limit: int = Field(
        200_000, ge=100, description="Open requests in memory; beyond it the least uncertain expire first."
    )
    review_user_header: str = Field(
        "", description="Header with the reviewer's name, set by a trusted proxy; empty: asked once, on loopback only."
    )
    review_role_header: str = Field(
        "", description="Header with the role (viewer, reviewer, approver), set by the same proxy; empty: approver."
    )
    review_proxy_secret: SecretStr | None = Field(
        None,
        description="What that proxy sends as X-Evenhand-Proxy-Secret, without which both headers say nothing. Needed "
        "beyond loopback; never shown.",
    )
    review_token_role: Literal["viewer", "reviewer", "approver"] = Field(
        "reviewer", description="Role of whoever has web_token, beyond loopback, where no proxy names people."
    )
    review_url: str = Field(
        "", description="Address of these pages, for the monitor's console to link to; empty: their port here."
    )
    monitor_url: str = Field("", description="Address of the monitor's console, to link to; empty: its port here.")


class LearningSettings(BaseSettings):
    """The learner, and what workers take from it."""

    learner_port: int = Field(
        9467, ge=0, le=65535, description="Port of the learner's metrics and health; 0: any free one."
    )
    learn: bool = Field(True, description="Whether workers follow what the learner learned.")
    learn_actor_rate: int = Field(
        300, ge=1, description="Corrections of one actor in an hour of event time that are learned; the rest waits."
    )
    learn_agreement: int = Field(
        2, ge=1, description="Distinct actors who must agree before a frequent merchant changes its category."
    )
    learn_standing: Literal["reviewer", "approver"] = Field(
        "reviewer",
        description="Highest standing that is believed of `transactions.corrections`, whose writers can claim any; "
        "an approver's word goes past the guards.",
    )
    learn_accounts: int = Field(
        5,
        ge=2,
        description="Distinct actors whose corrections of one merchant, each for an account, become a proposal for "
        "everyone.",
    )
    learn_accounts_share: float = Field(0.8, gt=0.5, le=1, description="Share of those actors who must agree.")
    learn_proposals: Literal["ask", "apply"] = Field(
        "ask", description="ask: an approver decides on a proposal; apply: it is learned at once."
    )
    learn_account_merchants: int = Field(
        200, ge=1, description="Merchants that are remembered for one account; the oldest goes first."
    )
    learn_secret: SecretStr = Field(
        SecretStr(""),
        description="Key of the hashes by which accounts stand in what is learned, of 64 bytes at most. The same for "
        "learner and workers; never shown.",
    )
    learn_parked: int = Field(
        10_000, ge=0, description="Corrections of unknown transactions that wait for them, at most."
    )
    learn_parked_hours: float = Field(24.0, gt=0, description="How long they wait before they are dead letters.")

    @field_validator("learn_secret")
    @classmethod
    def _fits(cls, secret: SecretStr) -> SecretStr:
        if (size := len(secret.get_secret_value().encode())) > LONGEST_SECRET:
            raise ValueError(f"it has {size} bytes, and at most {LONGEST_SECRET} are a key: take a shorter one")
        return secret
