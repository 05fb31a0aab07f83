"""The learner: takes the journal's entries, one after the other, and tells what workers must know of it.

Its state follows from the entries alone. What is forgotten is taken out of them, and the state made anew: it is the one
of a run that never had them, bit for bit.
"""

import hashlib
from collections import Counter, deque
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, NamedTuple

from models.contracts.corrections import Correction, Standing
from models.contracts.instructions import Action, Instruction
from models.learned.online import records
from models.learned.online.entries import Limits, Obeyed, Outcome, Reason, Said, Status, said_of
from models.learned.online.holdout import Holdout
from models.learned.online.keys import LineKeys, account_token
from models.learned.online.reporting import LONGEST, report_of
from models.learned.online.state import Means, State

KeysOf = Callable[[Correction], LineKeys | None]
"""Keys of the line that a correction is about; None where it says nothing of the line."""


class Told(NamedTuple):
    """An instruction as far as it is carried out.

    Args:
        at: When it was given, but no later than the journal had it.
    """

    instruction_id: str
    action: Action
    target: str
    actor: str
    standing: Standing
    at: datetime
    offset: int


_MEANT: dict[Action, Callable[[Said, str], bool]] = {
    Action.FORGET_ACTOR: lambda said, target: said.actor == target,
    Action.FORGET_ACCOUNT: lambda said, target: said.account == target,
}
_FORGET = (Action.FORGET_CORRECTION, *_MEANT)
MOST_AHEAD = 10_000
"""Takings back that came before their correction, of which it is known; the oldest is given up first."""

_APPROVERS = ""
"""Who took a correction back, where that was an approver; no actor has such a name."""

_WAITING = (Action.RELEASE, Action.APPROVE)
"""Instructions that teach something: they wait while nothing is learned."""


class OnlineLearner:
    """Learns from corrections, as far as they may be believed.

    What is noted is learned when it is caught up with, at the latest when somebody asks what is known. Where something
    was forgotten, that means all of it anew: so whoever has many entries notes them first.

    Args:
        limits: How far that is.
        keys_of: Keys of the line of a correction.
        holdout: Lines that it must not cost too much.
        means: What else it is given.
    """

    def __init__(self, limits: Limits, keys_of: KeysOf, holdout: Holdout, *, means: Means | None = None) -> None:
        self._limits, self._keys_of, self._holdout, self._means = limits, keys_of, holdout, means or Means()
        self._entries: list[Said | Told | None] = []  # None: forgotten
        self._places: dict[str, int] = {}  # of corrections among them
        # By kind and id: what it says, who says it or of whom, and the token of the account that it is about.
        self._ids: dict[tuple[type, str], tuple[str, str, str]] = {}
        self._published: dict[str, bytes] = {}
        self._offset = self._changed_at = -1
        self._others: Counter[str] = Counter()
        self._outcomes: Counter[str] = Counter()
        self._ahead: dict[tuple[str, str], None] = {}
        self._obeyed: deque[Obeyed] = deque(maxlen=LONGEST)
        self._stale = False
        self._known = 0  # entries that were learned before; the rest is new
        self._begin()
        self._told = self._named()

    def take(self, entry: Correction | Instruction, *, offset: int, at: datetime | None = None) -> Outcome:
        """Take one entry of the journal, and learn it at once; the arguments are those of `note`."""
        outcome = self.note(entry, offset=offset, at=at)
        if outcome is None:
            *_, outcome = self.catch_up()  # the last one is its own
        return outcome

    def note(self, entry: Correction | Instruction, *, offset: int, at: datetime | None = None) -> Outcome | None:
        """Take one entry of the journal, to be learned with the next ones.

        Args:
            offset: Its place there; one before the last is a repeat. Several may have one, where an entry completes
                others that waited for it.
            at: When the journal had it; None to believe the entry's own time.

        Returns:
            What became of it; None where that shows when it is learned.
        """
        if offset < self._offset:
            return self._count(Outcome(Status.REPEATED))
        self._offset = offset
        if repeated := self._repeated(entry):
            return self._count(repeated)
        if isinstance(entry, Correction):
            if self._was_taken_back(entry):
                return self._count(Outcome(Status.REFUSED, Reason.TAKEN_BACK))
            account = self.account_of(entry)
            self._places[entry.correction_id] = len(self._entries)
            self._entries.append(said_of(entry, self._keys_of(entry), account=account, offset=offset, at=at))
            return None
        told = self._told_of(entry, offset=offset, at=at)
        outcome = self._instruct(told)
        if outcome is not None:
            self._obeyed.append(Obeyed(told.instruction_id, told.action, outcome))
        return outcome

    def _instruct(self, told: Told) -> Outcome | None:
        """Carry out what takes entries away, and note what else is told."""
        if told.action is Action.FORGET_CORRECTION and (Correction, told.target) not in self._ids:
            return self._take_back_ahead(told)
        if not self._may(told):
            return self._count(Outcome(Status.REFUSED, Reason.STANDING))
        if told.action in _FORGET:
            return self._forget(told)
        self._entries.append(told)
        return None

    def catch_up(self) -> Iterator[Outcome]:
        """Learn what was noted, entry by entry, and all others before it where something was forgotten.

        Between two entries somebody else may have their turn; whoever asks what is known meanwhile waits for the rest.

        Yields:
            What became of each entry.
        """
        if self._stale:
            self._stale = False
            self._begin()
            self._state.touched.update(dict.fromkeys(self._published))
        while self._played < len(self._entries):
            entry, is_new = self._entries[self._played], self._played >= self._known
            self._played += 1
            if entry is None:
                continue
            before, counted = self._state.model.digest, self._counts.copy() if is_new else self._counts
            outcome = self._play(entry)
            if is_new:
                self._known = self._played
                if isinstance(entry, Told):
                    self._obeyed.append(Obeyed(entry.instruction_id, entry.action, outcome))
                self._outcomes += self._counts - counted
                if self._state.model.digest != before:
                    self._changed_at = max(self._changed_at, entry.offset)
            yield outcome

    def outcomes(self) -> Counter[str]:
        """How many entries became what since this was asked last; one that waited for a thaw counts twice."""
        self._catch_up()
        outcomes, self._outcomes = self._outcomes, Counter()
        return outcomes

    def account_of(self, correction: Correction) -> str | None:
        """Token of the account whose line a correction is about; None where it does not say."""
        own = correction.account_id
        return correction.account_token if own is None else self.token_of(own)

    def token_of(self, account_id: str) -> str:
        """What stands for an account in what is learned."""
        return account_token(account_id, self._means.secret)

    @property
    def offset(self) -> int:
        """Of the last entry taken; -1 before there was one."""
        return self._offset

    @property
    def frozen(self) -> bool:
        """Whether nothing is learned at present."""
        self._catch_up()
        return self._frozen

    @property
    def digest(self) -> str:
        """Of all that workers have of it, in hex; theirs is the same."""
        self._catch_up()
        return self._state.model.digest

    @property
    def state_digest(self) -> str:
        """Of all there is, also of what waits and of what is counted: SHA-256 of its canonical form, in hex."""
        self._catch_up()
        digest = hashlib.sha256()
        for part in (*self._state.canonical(), self._frozen, self._waiting):
            digest.update(repr(part).encode())
        return digest.hexdigest()

    @property
    def head(self) -> records.Head:
        """Names the state of now."""
        self._catch_up()
        return self._named()

    @property
    def version(self) -> str:
        """Offset of the last entry that changed or took back something, and beginning of the digest; "0" before."""
        return self.head.version

    def updates(self) -> list[tuple[str, bytes | None]]:
        """Parts that changed since this was asked last, with `head` behind them; empty where that is as it was.

        None takes a part away. `head` comes alone where something was taken back that had changed no part.
        """
        self._catch_up()
        changed: list[tuple[str, bytes | None]] = []
        for name in self._state.touched:
            content = self._state.parts.get(name)
            if content == self._published.get(name):
                continue
            changed.append((name, content))
            if content is None:
                del self._published[name]
            else:
                self._published[name] = content
        self._state.touched.clear()
        before, self._told = self._told, self._named()
        return [*changed, (records.HEAD, records.head_bytes(self._told))] if self._told != before else []

    def snapshot(self) -> dict[str, bytes]:
        """All parts, with `head` as the last."""
        self._catch_up()
        return {**self._state.parts, records.HEAD: records.head_bytes(self.head)}

    def report(self) -> dict[str, Any]:
        """What people want to know of it, ready for JSON; `models.learned.online.reporting` says what stands in it."""
        self._catch_up()
        counts = dict(sorted((self._counts + self._others).items()))
        return report_of(self._state, self.head, counts, self._obeyed, frozen=self._frozen, waiting=len(self._waiting))

    def _begin(self) -> None:
        """Start from nothing."""
        self._state = State(self._limits, self._holdout, self._means)
        self._frozen = False
        self._waiting: list[Said | Told] = []
        self._counts: Counter[str] = Counter()
        self._played = 0

    def _named(self) -> records.Head:
        if self._changed_at < 0:
            return records.Head(records.NOTHING, -1, self._state.model.digest)
        return records.head_of(self._changed_at, self._state.model.digest)

    def _told_of(self, instruction: Instruction, *, offset: int, at: datetime | None) -> Told:
        action, target, given = instruction.action, instruction.target or "", instruction.timestamp
        if action is Action.FORGET_ACCOUNT:
            target = self.token_of(target)
        when = given if at is None else min(given, at)
        return Told(instruction.instruction_id, action, target, instruction.actor, instruction.standing, when, offset)

    def _repeated(self, entry: Correction | Instruction) -> Outcome | None:
        if isinstance(entry, Correction):
            name, content = entry.correction_id, (entry.category.value, entry.actor, self.account_of(entry) or "")
        else:
            target = entry.target or ""
            # Nothing of an account is kept once it is forgotten.
            target = self.token_of(target) if entry.action is Action.FORGET_ACCOUNT else target
            name, content = entry.instruction_id, (entry.action.value, target, "")
        before = self._ids.setdefault((type(entry), name), content)
        if before is content:
            return None
        return Outcome(Status.REPEATED, Reason.NONE if before == content else Reason.CONFLICT)

    def _take_back_ahead(self, told: Told) -> Outcome:
        """Remember that a correction is taken back which has not come: it goes another way, and may be overtaken.

        Whose it will be is not known yet, so what one says does not take the place of what another said.
        """
        who = _APPROVERS if told.standing is Standing.APPROVER else told.actor
        self._ahead[told.target, who] = None
        if len(self._ahead) > MOST_AHEAD:
            del self._ahead[next(iter(self._ahead))]
        return self._count(Outcome(Status.UNKNOWN))

    def _was_taken_back(self, correction: Correction) -> bool:
        return any((correction.correction_id, who) in self._ahead for who in (_APPROVERS, correction.actor))

    def _may(self, told: Told) -> bool:
        """Tell whether somebody may give an instruction: approvers all, others take back what they said themselves."""
        if told.standing is Standing.APPROVER:
            return True
        said = self._ids.get((Correction, told.target))
        return told.action is Action.FORGET_CORRECTION and said is not None and said[1] == told.actor

    def _play(self, entry: Said | Told) -> Outcome:
        """Carry an entry out, or let it wait while nothing is learned."""
        if self._frozen and (isinstance(entry, Said) or entry.action in _WAITING):
            self._waiting.append(entry)
            outcome = Outcome(Status.FROZEN)
        else:
            outcome = self._state.hear(entry) if isinstance(entry, Said) else self._obey(entry)
        self._counts[outcome.status.value] += 1
        return outcome

    def _obey(self, told: Told) -> Outcome:
        state, target = self._state, told.target
        match told.action:
            case Action.FREEZE:
                self._frozen = True
                return Outcome(Status.ACCEPTED)
            case Action.THAW:
                self._frozen = False
                waiting, self._waiting = self._waiting, []
                outcomes = [self._play(each) for each in waiting]
                return Outcome(Status.ACCEPTED, changed=any(outcome.changed for outcome in outcomes))
            case Action.RELEASE:
                return state.release(target, by=told.actor, at=told.at, offset=told.offset)
            case Action.REJECT:
                return state.reject(target)
            case Action.APPROVE:
                return state.approve(target, at=told.at, offset=told.offset)
            case _:
                return state.decline(target)

    def _forget(self, told: Told) -> Outcome:
        if told.action is Action.FORGET_ACCOUNT:
            # They are deleted from the journal, and whoever reads it then does not know them either.
            self._ids = {name: content for name, content in self._ids.items() if content[2] != told.target}
        places = self._places_of(told)
        if not places:
            return self._count(Outcome(Status.UNKNOWN))
        for place in places:
            self._entries[place] = None
            self._stale |= place < self._played
        # Workers are told of it, also where no part is another: what they know is of now.
        self._changed_at = told.offset
        return self._count(Outcome(Status.ACCEPTED, changed=True))

    def _places_of(self, told: Told) -> list[int]:
        """Where the corrections are that somebody forgets."""
        entries = self._entries
        if told.action is Action.FORGET_CORRECTION:  # thousands of them may come, and none has to look at all entries
            place = self._places.get(told.target)
            return [] if place is None or entries[place] is None else [place]
        is_meant = _MEANT[told.action]
        return [n for n, each in enumerate(entries) if isinstance(each, Said) and is_meant(each, told.target)]

    def _catch_up(self) -> None:
        for _ in self.catch_up():
            pass

    def _count(self, outcome: Outcome) -> Outcome:
        """Count what does not become part of the state."""
        self._others[outcome.status.value] += 1
        self._outcomes[outcome.status.value] += 1
        return outcome
