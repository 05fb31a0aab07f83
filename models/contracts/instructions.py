"""Instructions: what people decide about what is learned, in the learner's journal beside the corrections."""

from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import Field

from models.contracts import fields
from models.contracts.corrections import StandingName
from models.contracts.events import Event, Identifier, OptionalIdentifier, SchemaVersion, Timestamp


class Action(StrEnum):
    """What the learner is told to do."""

    RELEASE = "release"
    """Learn a correction that is in quarantine."""
    REJECT = "reject"
    """Drop it."""
    APPROVE = "approve"
    """Apply a proposal, by its key."""
    DECLINE = "decline"
    """Drop it."""
    FORGET_CORRECTION = "forget_correction"
    """Unlearn one correction."""
    FORGET_ACTOR = "forget_actor"
    """Unlearn all that one actor said."""
    FORGET_ACCOUNT = "forget_account"
    """Delete all that is kept for one account, and unlearn it."""
    FREEZE = "freeze"
    """Learn nothing until `THAW`; what comes meanwhile waits."""
    THAW = "thaw"
    """Learn what waited, and go on."""


class Instruction(Event):
    """One instruction, given by a person."""

    ce_type: ClassVar[str] = "evenhand.instruction.v1"

    instruction_id: Identifier = Field(description="Unique for all time; repeats are recognised by it.")
    action: Annotated[Action, fields.Named()]
    target: OptionalIdentifier = Field(
        default=None, description="Id of the correction, actor, account or proposal; null for freeze and thaw."
    )
    actor: Identifier = Field(description="Who says so; opaque.")
    standing: StandingName
    reason: Annotated[str | None, fields.optional_text(256)] = None
    timestamp: Timestamp
    schema_version: SchemaVersion = "1"
