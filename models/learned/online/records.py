"""Records of the topic of updates: what each part of the online model is called, and what stands in it.

`merchant:<flow>:<key>`, `family:<flow>:<tokens>`, `account:<token>:<flow>:<key>`, `text` and `head`, which comes last.
"""

import hashlib
from typing import NamedTuple

import msgspec

from models.learned.online.keys import AccountKey, FamilyKey, MerchantKey

HEAD = "head"
"""Names the state that the records before it make; the last of its step."""

TEXT = "text"
"""Snapshot of the model of texts, in bytes of its own."""

MERCHANT, FAMILY, ACCOUNT = "merchant", "family", "account"

_MODULUS = 1 << 256
_DIGITS = 12
"""Of the digest, in a version."""

NOTHING = "0"
"""The version before anything was learned."""


class Standing(NamedTuple):
    """What stands for a merchant, or for a family of them.

    Args:
        support: People who say so; of a family, corrected merchants.
        of: People who said anything of it; of a family, corrected merchants that begin so.
    """

    category: str
    support: int
    of: int


class Head(NamedTuple):
    """What the last record of a step says.

    Args:
        offset: Of the journal's entry that changed something last.
        digest: Of all parts together, in hex.
    """

    version: str
    offset: int
    digest: str


def merchant_part(key: MerchantKey) -> str:
    """Name of a merchant's part."""
    return f"{MERCHANT}:{key[0]}:{key[1]}"


def family_part(key: FamilyKey) -> str:
    """Name of a family's part."""
    return f"{FAMILY}:{key[0]}:{' '.join(key[1])}"


def account_part(key: AccountKey) -> str:
    """Name of a part of one account."""
    return f"{ACCOUNT}:{key[0]}:{key[1]}:{key[2]}"


def standing_bytes(standing: Standing) -> bytes:
    """A merchant's or a family's part."""
    return _dumped({"category": standing.category, "support": standing.support, "of": standing.of})


def standing_of(content: bytes) -> Standing:
    """Read what `standing_bytes` wrote."""
    read = msgspec.json.decode(content)
    return Standing(str(read["category"]), int(read["support"]), int(read["of"]))


def category_bytes(category: str) -> bytes:
    """A part of one account."""
    return _dumped({"category": category})


def category_of(content: bytes) -> str:
    """Read what `category_bytes` wrote."""
    return str(msgspec.json.decode(content)["category"])


def head_of(offset: int, digest: str) -> Head:
    """The head of a state, with its version.

    >>> head_of(7, "ab" * 32).version
    '7-abababababab'
    """
    return Head(f"{offset}-{digest[:_DIGITS]}", offset, digest)


def head_bytes(head: Head) -> bytes:
    """The record of a head."""
    return _dumped(head._asdict())


def read_head(content: bytes) -> Head:
    """Read what `head_bytes` wrote."""
    read = msgspec.json.decode(content)
    return Head(str(read["version"]), int(read["offset"]), str(read["digest"]))


def _dumped(value: object) -> bytes:
    return msgspec.json.encode(value, order="sorted")


class PartsDigest:
    """Digest of a set of parts that is kept up as parts change: the sum of their SHA-256, in whatever order.

    It finds states that differ; it is no signature.

    >>> one, two = PartsDigest(), PartsDigest()
    >>> one.put("a", b"1"); one.put("b", b"2"); two.put("b", b"2"); two.put("a", b"1")
    >>> one.hex() == two.hex()
    True
    """

    def __init__(self) -> None:
        self._parts: dict[str, int] = {}
        self._sum = 0

    def put(self, name: str, content: bytes | None) -> None:
        """Take a part in, in place of the one of that name; None takes it away."""
        self._sum -= self._parts.pop(name, 0)
        if content is not None:
            name_bytes = name.encode()
            added = hashlib.sha256(b"%d:%b%b" % (len(name_bytes), name_bytes, content)).digest()
            self._parts[name] = int.from_bytes(added)
            self._sum += self._parts[name]

    def hex(self) -> str:
        """64 hex digits."""
        return hashlib.sha256(b"%d:%d" % (len(self._parts), self._sum % _MODULUS)).hexdigest()
