"""The online model as a worker has it: parts of the topic of updates, looked up.

It imports neither River nor scikit-learn.
What is looked up are corrections of people, not votes: one dictionary look-up by the keys of a line, so that no memory
of lines has to be emptied when somebody corrects something.
"""

from collections.abc import Callable, Iterable, Sequence
from enum import StrEnum
from functools import partial
from typing import NamedTuple, TypeVar

from models.errors import MALFORMED, ArtefactError
from models.learned.online import records
from models.learned.online.keys import FamilyKey, Flow, LineKeys, MerchantKey, account_token, subject_of
from models.learned.online.records import Head, Standing
from models.learned.online.text_part import ReadText, TextReader

K = TypeVar("K")
V = TypeVar("V")

Trade = Callable[[Sequence[str]], str | None]
"""Category that a word among some tokens tells; None where none does."""


class Ground(StrEnum):
    """Grounds of what was found; the names of the ballots' kinds."""

    CORRECTED = "corrected"
    """People corrected this merchant."""
    CORRECTED_FAMILY = "corrected_family"
    """People corrected several merchants whose names begin alike."""
    ONLINE = "online"
    """What the text resembles of what people corrected."""


class Found(NamedTuple):
    """What people's corrections say of a line.

    Args:
        evidence: Why, in a few words a reviewer understands; never who.
        support: People who say so; of a family, corrected merchants.
        share: Share of them among all who said something; of a text, its probability.
    """

    category: str
    evidence: str
    support: int
    share: float
    kind: Ground


class OnlineModel:
    """Merchants, families, accounts and weights that people's corrections made.

    Args:
        trade: Tells the trade that a word names, so that a family does not swallow a name with another trade in it.
        secret: Key of the accounts' tokens, as the learner has it.
        read_text: Reads the snapshot of the model of texts; None to leave it out.
    """

    def __init__(
        self, *, trade: Trade = lambda _tokens: None, secret: bytes = b"", read_text: ReadText | None = None
    ) -> None:
        self._trade, self._secret, self._read_text = trade, secret, read_text
        self._merchants: dict[MerchantKey, Standing] = {}
        self._families: dict[FamilyKey, Standing] = {}
        # How many families have how many tokens, longest first, so that a look-up asks for no other lengths.
        self._lengths: dict[int, int] = {}
        self._accounts: dict[str, dict[tuple[Flow, str], str]] = {}
        # How many accounts have a word on a merchant: of most none has, and an account's token costs a hash.
        self._subjects: dict[tuple[Flow, str], int] = {}
        self._text: TextReader | None = None
        self._digest = records.PartsDigest()
        self._head = Head(records.NOTHING, -1, self._digest.hex())

    @property
    def version(self) -> str:
        """Names the state: offset and beginning of the digest; "0" before anything was learned."""
        return self._head.version

    @property
    def head(self) -> Head:
        """What the last `head` said."""
        return self._head

    @property
    def digest(self) -> str:
        """Of the parts that are here; that of `head` where nothing is missing."""
        return self._digest.hex()

    def __len__(self) -> int:
        """Merchants, families and merchants of accounts."""
        return sum(self.counts().values())

    def counts(self) -> dict[str, int]:
        """How many parts there are of each kind, but the weights."""
        return {
            records.ACCOUNT: sum(map(len, self._accounts.values())),
            records.FAMILY: len(self._families),
            records.MERCHANT: len(self._merchants),
        }

    def apply(self, parts: Iterable[tuple[str, bytes | None]]) -> None:
        """Take the records of one step in, all or none; call it between two batches, never during one.

        Raises:
            ArtefactError: A record is none of `models.learned.online.records`; nothing of the step is in.
        """
        read: list[tuple[str, bytes | None, Callable[[], None]]] = []
        for name, content in parts:
            try:
                read.append((name, content, self._read(name, content)))
            except MALFORMED as error:
                kind = name.partition(":")[0][:16]
                raise ArtefactError(f"a record of kind {kind!r} does not fit ({type(error).__name__})") from None
        for name, content, put in read:
            put()
            if name != records.HEAD:
                self._digest.put(name, content)

    def has_accounts(self, keys: LineKeys) -> bool:
        """Whether `account` may know something of a line for some account; False where it knows nothing for any."""
        if keys.merchant is not None:
            return (keys.flow, keys.merchant) in self._subjects
        return keys.private is not None and bool(self._accounts)

    def account(self, account_id: str, keys: LineKeys) -> str | None:
        """The category that this account's holder gave the line's merchant; None for none."""
        # Most deployments have no such corrections, and a hash costs more than the question.
        if not self._accounts or not (held := self._accounts.get(account_token(account_id, self._secret))):
            return None
        subject = subject_of(keys, account_id, self._secret)
        return None if subject is None else held.get((keys.flow, subject))

    def merchant(self, keys: LineKeys) -> Found | None:
        """What people said of the line's merchant, for everyone; None for nothing."""
        if keys.merchant is None:
            return None
        found = self._merchants.get((keys.flow, keys.merchant))
        return None if found is None else _found(found, Ground.CORRECTED)

    def family(self, keys: LineKeys) -> Found | None:
        """What people said of merchants whose names begin as this one's; None for nothing.

        The longest beginning decides. Words that are left over and tell another trade contradict it.
        """
        if not self._families or not keys.family:
            return None
        for length in self._lengths:
            if length > len(keys.family):
                continue
            found = self._families.get((keys.flow, keys.family[:length]))
            if found is not None:
                said = self._trade(keys.family[length:])
                return None if said not in (None, found.category) else _found(found, Ground.CORRECTED_FAMILY)
        return None

    def text(self, keys: LineKeys) -> Found | None:
        """What the model of texts makes of the line; None where it has none, or knows nothing of it."""
        if self._text is None or not keys.text or not (ranked := self._text.predict(keys.text)):
            return None
        category, probability = ranked[0]
        return Found(category, "like lines that people corrected", 0, probability, Ground.ONLINE)

    def _read(self, name: str, content: bytes | None) -> Callable[[], None]:
        """What puts a record in its place, once it is read."""
        kind, _, rest = name.partition(":")
        if name == records.HEAD:
            return partial(self._put_head, None if content is None else records.read_head(content))
        if name == records.TEXT:
            read = self._read_text
            return partial(self._put_text, None if content is None or read is None else read(content))
        if kind == records.ACCOUNT:
            token, _, rest = rest.partition(":")
            category = None if content is None else records.category_of(content)
            return partial(self._put_account, token, _split(rest), category)
        flow, key = _split(rest)
        standing = None if content is None else records.standing_of(content)
        if kind == records.MERCHANT:
            return partial(_replace, self._merchants, (flow, key), standing)
        if kind == records.FAMILY:
            return partial(self._put_family, (flow, tuple(key.split(" "))), standing)
        raise ValueError(kind)

    def _put_head(self, head: Head | None) -> None:
        self._head = head or Head(records.NOTHING, -1, self._digest.hex())

    def _put_text(self, text: TextReader | None) -> None:
        self._text = text

    def _put_account(self, token: str, subject: tuple[Flow, str], category: str | None) -> None:
        held = self._accounts.setdefault(token, {})
        count = self._subjects.get(subject, 0) + (category is not None) - (subject in held)
        _replace(held, subject, category)
        _replace(self._subjects, subject, count or None)
        if not held:
            del self._accounts[token]

    def _put_family(self, key: FamilyKey, standing: Standing | None) -> None:
        length = len(key[1])
        added = (standing is not None) - (key in self._families)
        _replace(self._families, key, standing)
        counts = self._lengths | {length: self._lengths.get(length, 0) + added}
        self._lengths = {each: counts[each] for each in sorted(counts, reverse=True) if counts[each]}


def _found(standing: Standing, kind: Ground) -> Found:
    category, support, of = standing
    if kind is Ground.CORRECTED_FAMILY:
        evidence = f"corrected for {support} merchants of that name"
    else:
        evidence = f"corrected by {support} {'person' if support == 1 else 'people'}"
    return Found(category, evidence, support, support / of, kind)


def _split(rest: str) -> tuple[Flow, str]:
    flow, _, key = rest.partition(":")
    if flow == "in":
        return "in", key
    if flow == "out":
        return "out", key
    raise ValueError(flow)


def _replace(held: dict[K, V], key: K, value: V | None) -> None:
    if value is None:
        held.pop(key, None)
    else:
        held[key] = value
