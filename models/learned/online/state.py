"""What the learner knows: a function of the entries that it took, in their order, and of nothing else."""

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

from models.contracts.corrections import Scope, Standing
from models.learned.online import records
from models.learned.online.entries import Limits, Outcome, Reason, Said, Status
from models.learned.online.guards import Crowds, Rates
from models.learned.online.holdout import Holdout, HoldoutRow, Score
from models.learned.online.keys import FamilyKey, LineKeys, MerchantKey, account_token, subject_of
from models.learned.online.memories.accounts import Accounts, Proposal, Wish
from models.learned.online.memories.families import Families
from models.learned.online.memories.words import Known, Words
from models.learned.online.model import OnlineModel, Trade
from models.learned.online.progress import Progress
from models.learned.online.quarantine import Quarantine
from models.learned.online.text_part import NewText, ReadText, TextPart

LATELY = 50
"""Corrections in the list of what was learned last."""

LIKELY = 0.5
"""Probability from which on the model of texts has a say in the holdout."""

TAUGHT = 3
"""People who say the same of one merchant from whom the model of texts learns; more of them tell it nothing new."""

ACCOUNTS = "\0accounts"
"""Who says a proposal's word: many accounts together. No actor has such a name, as it cannot be printed."""


@dataclass(frozen=True, slots=True)
class Means:
    """What the learner is given, beside its limits.

    Args:
        known: What the model knows of a merchant from its training; None for nothing.
        beginning: What it knows of the merchants whose names begin with some letters, without spaces.
        trade: Tells the trade that a word names.
        secret: Key of the accounts' tokens, as the workers have it.
        new_text: Makes the model of texts; None to have none.
        read_text: Reads its snapshots, as workers do.
    """

    known: Callable[[LineKeys], Known | None] = lambda _keys: None
    beginning: Callable[[str], Iterable[Known]] = lambda _letters: ()
    trade: Trade = lambda _tokens: None
    secret: bytes = b""
    new_text: NewText | None = None
    read_text: ReadText | None = None


@dataclass(slots=True)
class State:
    """Takes corrections in, one by one.

    Attributes:
        model: What workers have.
        parts: The records of it, by name.
        touched: Names of parts that changed since somebody emptied this.
        held: Quarantine.
        proposals: Those that wait for an approver, by id.
        lately: What was learned last for everyone, newest last.
        vetoed: Families, and "text", that would cost the holdout too much.
    """

    limits: Limits
    holdout: Holdout
    means: Means
    model: OnlineModel = field(init=False)
    parts: dict[str, bytes] = field(default_factory=dict)
    touched: dict[str, None] = field(default_factory=dict)
    held: Quarantine = field(init=False)
    proposals: dict[str, Proposal] = field(default_factory=dict)
    lately: deque[Said] = field(default_factory=lambda: deque(maxlen=LATELY))
    vetoed: set[str] = field(default_factory=set)
    progress: Progress = field(default_factory=Progress)
    score: Score = field(init=False)
    _rates: Rates = field(init=False)
    _crowds: Crowds = field(init=False)
    _words: Words = field(init=False)
    _accounts: Accounts = field(init=False)
    _families: Families = field(init=False)
    _text: TextPart | None = field(init=False)
    _texts: int = 0
    _texts_told: int = 0
    _text_at: datetime | None = None
    _stands: dict[MerchantKey, records.Standing] = field(default_factory=dict)
    _declined: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        limits, means = self.limits, self.means
        self.model = OnlineModel(trade=means.trade, secret=means.secret, read_text=means.read_text)
        self.score = Score(self.holdout, limits)
        self._rates, self._crowds = Rates(limits), Crowds(limits)
        self.held = Quarantine(limits)
        self._words = Words(agreement=limits.agreement, frequent=limits.frequent)
        self._accounts = Accounts(
            merchants=limits.account_merchants, least=limits.accounts, share=limits.accounts_share
        )
        self._families = Families(stores=limits.family_stores, share=limits.family_share, trade=means.trade)
        self._text = means.new_text() if means.new_text else None

    def hear(self, said: Said) -> Outcome:
        """Take a correction in: score, guard, learn."""
        if said.is_personal and said.account_id is None:
            return Outcome(Status.REFUSED, Reason.STANDING)
        if said.keys is None:
            return Outcome(Status.NOTHING)
        if self._rates.is_over(said.actor, said.at):
            return self._hold(said, Reason.RATE, status=Status.CAPPED)
        # A wish for one's own books says nothing about how good decisions are.
        if said.is_personal:
            return self._wish(said)
        right = self._right(said, said.keys)
        return self._everyone(said)._replace(right=right)

    def release(self, correction_id: str, *, by: str, at: datetime, offset: int) -> Outcome:
        """Learn what is in quarantine, whatever the guards say of it; a crowd is released as one.

        Args:
            by: Who says so; nobody releases what they have said themselves.
        """
        held = self.held.get(correction_id)
        if held is None:
            return Outcome(Status.UNKNOWN)
        if by in {each.said.actor for each in (held, *self.held.like(held))}:
            return Outcome(Status.REFUSED, Reason.OWN)
        self.held.take(correction_id)
        said = held.said._replace(at=max(at, held.said.at), offset=offset, settled=True)
        if said.is_personal:
            return self._wish(said)
        key = said.merchant
        if key is None:
            return Outcome(Status.NOTHING)
        if held.reason is Reason.CROWD:
            self._crowds.dissolve(key, said.category)
            for other in self.held.like(held):
                self.held.take(other.said.correction_id)
                # Who has said something newer since is taken at that.
                with suppress(LookupError):
                    before = self._words.put(key, other.said)
                    if before is not None:
                        self._drop(before)
        return self._everyone(said, force=True)

    def reject(self, correction_id: str) -> Outcome:
        """Drop what is in quarantine; a crowd is rejected as one."""
        held = self.held.take(correction_id)
        if held is None:
            return Outcome(Status.UNKNOWN)
        for other in self.held.like(held):
            self.held.take(other.said.correction_id)
        key = held.said.merchant
        if key is None or held.reason not in (Reason.AGREEMENT, Reason.OUTVOTED, Reason.LATE):
            return Outcome(Status.ACCEPTED)
        # Its word was counted, though nothing came of it; unless that person has said something newer since.
        word = self._words.of(key).get(held.said.actor)
        if word is None or word.correction_id != correction_id:
            return Outcome(Status.ACCEPTED)
        stood = self._stands.get(key)
        self._words.set_back(key, held.said.actor, None)
        self._stand(key, held.said, force=True)
        return Outcome(Status.ACCEPTED, changed=stood != self._stands.get(key))

    def approve(self, proposal_id: str, *, at: datetime, offset: int) -> Outcome:
        """Learn a proposal for everyone."""
        proposal = self.proposals.pop(proposal_id, None)
        return Outcome(Status.UNKNOWN) if proposal is None else self._adopt(proposal, at=at, offset=offset)

    def decline(self, proposal_id: str) -> Outcome:
        """Drop a proposal; it is not made again."""
        if self.proposals.pop(proposal_id, None) is None:
            return Outcome(Status.UNKNOWN)
        self._declined.add(proposal_id)
        return Outcome(Status.ACCEPTED)

    def canonical(self) -> Iterable[object]:
        """All there is to the state, in an order that only depends on what it is."""
        yield self.model.digest
        yield sorted(self.proposals.items())
        yield sorted(self._declined)
        yield [said.correction_id for said in self.lately]
        yield sorted(self.vetoed)
        yield self.progress.report()
        yield list(self.score.lost.items())
        for part in (self.held, self._words, self._accounts, self._rates, self._crowds):
            yield list(part.canonical())
        yield None if self._text is None else (self._texts, self._texts_told, self._text_at, self._text.digest)

    def _right(self, said: Said, keys: LineKeys) -> bool | None:
        """Score what the system says before it learns; None where it is not known what it says."""
        found = self.model.merchant(keys) or self.model.family(keys)
        category = found.category if found else said.decided
        if category is None:
            return None
        right = category == said.category
        self.progress.score(right, offset=said.offset)
        return right

    def _everyone(self, said: Said, *, force: bool = False) -> Outcome:
        key, keys = said.merchant, said.keys
        if key is None or keys is None:
            return Outcome(Status.NOTHING)
        if said.standing is Standing.APPROVER and not said.settled:
            said = said._replace(settled=True)
        if not (force or said.settled) and self.held.is_doubted(said.actor):
            return self._hold(said, Reason.DOUBTED)
        if not force and (crowd := self._crowd(said, key, keys)):
            return self._hold_back(said, key, crowd)
        try:
            before = self._words.put(key, said)
        except LookupError:
            return Outcome(Status.LATE)
        stood = self._stands.get(key)
        if not self._stand(key, said, force=force):
            self._words.set_back(key, said.actor, before)
            return self._hold(said, Reason.HOLDOUT)
        if before is not None:
            self._drop(before)
        stands = self._stands.get(key)
        changed = stands != stood
        if stands is None:
            return self._hold(said, Reason.AGREEMENT, changed=changed)
        if stands.category != said.category:
            reason = Reason.LATE if self._words.is_late(key, said) else Reason.OUTVOTED
            return self._hold(said, reason, changed=changed)
        is_other = stood is None or stood.category != said.category
        self._learned(key, said, waited=is_other, taught=changed and stands.support <= TAUGHT)
        return Outcome(Status.ACCEPTED, changed=changed)

    def _crowd(self, said: Said, key: MerchantKey, keys: LineKeys) -> tuple[str, ...]:
        """Actors of the crowd that this one makes or belongs to; empty for none."""
        if said.settled or not self._crowds.is_new(said.actor, key):
            return ()
        known = self.means.known(keys)
        # What had been decided is not asked: a correction can say anything there, or nothing.
        return () if known is not None and known.category == said.category else self._crowds.joined(said, key)

    def _hold_back(self, said: Said, key: MerchantKey, crowd: Iterable[str]) -> Outcome:
        """Hold a crowd's word, and those that it had before it was one."""
        stood = self._stands.get(key)
        words = self._words.of(key)
        for actor in crowd:
            word = words.get(actor)
            if word is not None and word.category == said.category and not word.settled:
                self._words.set_back(key, actor, None)
                self._drop(word)
                self.held.put(word, Reason.CROWD)
        self._stand(key, said, force=True)
        return self._hold(said, Reason.CROWD, changed=stood != self._stands.get(key))

    def _learned(self, key: MerchantKey, said: Said, *, waited: bool, taught: bool) -> None:
        """Note what was learned.

        Args:
            waited: Whether others may have waited for it.
            taught: Whether the model of texts learns it, too.
        """
        learned = [said]
        if waited:
            agreeing = [word for word in self._words.of(key).values() if word.category == said.category]
            held = [word for word in agreeing if self.held.take(word.correction_id)]
            learned = [*sorted(held, key=lambda word: word.offset), said]
        for each in learned:
            self._crowds.learned(each.actor, key)
            self.held.learned(each.actor)
            self.lately.append(each)
            if taught and self._text is not None and each.keys is not None and each.keys.text:
                self._text.learn(each.keys.text, each.category)
                self._texts += 1
                if self._is_text_due(each.at):
                    self._text_at, self._texts_told = each.at, self._texts
                    content = self._text.snapshot()
                    self._veto(records.TEXT, taken=self._put(records.TEXT, content, self.holdout.unsure, force=False))

    def _is_text_due(self, at: datetime) -> bool:
        """Tell whether the model of texts is to be published: it is large, so where many come at once it waits."""
        if self._texts < self._texts_told + self.limits.text_every:
            return False
        waited = self._text_at is None or at >= self._text_at + self.limits.text_pause
        return waited or self._texts >= 2 * self._texts_told

    def _stand(self, key: MerchantKey, said: Said, *, force: bool) -> bool:
        """Let what stands for a merchant be what its words make; False where the holdout forbids it."""
        keys = said.keys
        assert keys is not None  # nothing is said of a merchant without keys
        stood, stands = self._stands.get(key), self._words.standing(key, self.means.known(keys))
        if stands == stood:
            return True
        content = None if stands is None else records.standing_bytes(stands)
        category = None if stands is None else stands.category
        is_other = stood is None or category != stood.category
        # Who says so makes no difference to the holdout.
        rows = self.holdout.of_merchant(key) if is_other else ()
        if not self._put(records.merchant_part(key), content, rows, force=force):
            return False
        if stands is None:
            del self._stands[key]
        else:
            self._stands[key] = stands
        if is_other:
            for beginning in self._families.put(key, keys.family, category):
                self._put_family(beginning)
        return True

    def _put_family(self, beginning: FamilyKey) -> None:
        family, name = self._families.standing(beginning), records.family_part(beginning)
        claims = family is not None and self._claims_frequent(beginning, family.category)
        content = None if family is None or claims else records.standing_bytes(family)
        if content != self.parts.get(name):
            self._veto(name, taken=self._put(name, content, self.holdout.of_family(beginning), force=content is None))
        if claims:
            self.vetoed.add(name)

    def _claims_frequent(self, beginning: FamilyKey, category: str) -> bool:
        """Tell whether a family would decide on a frequent merchant that the model knows to be something else."""
        found = self.means.beginning("".join(beginning[1]))
        return any(known.rows >= self.limits.frequent and known.category != category for known in found)

    def _veto(self, name: str, *, taken: bool) -> None:
        (self.vetoed.discard if taken else self.vetoed.add)(name)

    def _put(self, name: str, content: bytes | None, rows: Sequence[int], *, force: bool) -> bool:
        """Replace a part; False where the holdout forbids it, and it is what it was."""
        before = self.parts.get(name)
        self.model.apply([(name, content)])
        if not self.score.update(rows, self._say, force=force):
            self.model.apply([(name, before)])
            return False
        if content is None:
            self.parts.pop(name, None)
        else:
            self.parts[name] = content
        self.touched[name] = None
        return True

    def _say(self, row: HoldoutRow) -> str:
        """What the system says of a row of the holdout."""
        found = self.model.merchant(row.keys) or self.model.family(row.keys)
        if found is None and not row.sure:
            found = self.model.text(row.keys)
            found = found if found is not None and found.share >= LIKELY else None
        return row.decided if found is None else found.category

    def _wish(self, said: Said) -> Outcome:
        """Learn what somebody wants for one account."""
        assert said.account_id is not None  # checked when it was heard
        assert said.keys is not None
        subject = subject_of(said.keys, said.account_id, self.means.secret)
        if subject is None:
            return Outcome(Status.NOTHING)
        key = (account_token(said.account_id, self.means.secret), said.keys.flow, subject)
        changed = self._accounts.put(key, Wish(said.at, said.offset, said.category, said.actor))
        if not changed:
            return Outcome(Status.LATE)
        for each, category in changed:
            content = None if category is None else records.category_bytes(category)
            self._put(records.account_part(each), content, (), force=True)
        proposals = {(each[1], each[2]): self._accounts.proposal((each[1], each[2])) for each, _ in changed}
        status = Status.ACCEPTED
        for merchant, proposal in proposals.items():
            if self._propose(merchant, proposal, said):
                status = Status.PROPOSAL
        return Outcome(status, changed=True)

    def _propose(self, key: MerchantKey, proposal: Proposal | None, said: Said) -> bool:
        """Keep the list of proposals; True where there is a new one, or a greater."""
        for other in [each for each, held in self.proposals.items() if held.key == key]:
            del self.proposals[other]
        if proposal is None or proposal.proposal_id in self._declined:
            return False
        word = self._words.of(key).get(ACCOUNTS)
        if word is not None and word.category == proposal.category:
            return False
        if self.limits.proposals == "apply":
            self._adopt(proposal, at=said.at, offset=said.offset)
        else:
            self.proposals[proposal.proposal_id] = proposal
        return True

    def _adopt(self, proposal: Proposal, *, at: datetime, offset: int) -> Outcome:
        flow, merchant = proposal.key
        name, category, keys = proposal.proposal_id, proposal.category, LineKeys(merchant, (), flow, "")
        said = Said(name, category, ACCOUNTS, Standing.APPROVER, Scope.EVERYONE, None, at, offset, None, keys)
        return self._everyone(said)

    def _hold(
        self, said: Said, reason: Reason, *, status: Status = Status.QUARANTINED, changed: bool = False
    ) -> Outcome:
        self.held.put(said, reason)
        return Outcome(status, reason, changed)

    def _drop(self, word: Said) -> None:
        """A word that counts no more, or is held for another reason, is not in quarantine for the old one."""
        self.held.take(word.correction_id)
