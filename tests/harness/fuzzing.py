"""Seeded hostile messages: real ones with bytes or structure changed. The same seed gives the same messages.

Half of the mutations do not know what JSON is; the other half write JSON that a lenient parser would take. Some leave
a message valid, so that a worker under test has something to decide as well.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from random import Random

Pairs = list[tuple[str, str]]
"""The members of an object, key and value as JSON text: so a key can be there twice and a value need not be JSON."""

TRICKS = (
    "\\ud800", "\\udfff", "\\u0000", "\\u202e", "\\u2066", "\\u200b", "\\u200d", "\\ufeff", "\\u00ad", "\\u0301" * 40,
    "\\ufdfa", "\\u0430", "\\u2028", "\\uffff", "\\ud83d\\ude00", "\\\\", '\\"', "\x00", "\x1f", "\u202e", "\u200b",
    "\uff21", "\u212b", "\U000e0041", "\ufffe", "%s%n", "${jndi:x}", "<script>", "' OR 1=1 --",
)  # fmt: skip
"""Pieces of text, as they stand inside a JSON string, that upset what handles text."""

VALUES = (
    "null", "true", "false", "0", "-0", "-0.0", "1", "-1", "12.345", "12.3456789", "0.0000001", "1e400", "-1e400",
    "1e-400", "0e400", "1E+2", "999999999999", "1000000000000", "1e12", "1e99999999999999999999", "NaN", "Infinity",
    "-Infinity", "nan", "9" * 31, "9" * 33, "9" * 5000, "0." + "3" * 5000, "01", "+1", ".5", "1.", "0x10", "1_000",
    '""', '" "', '"\\t"', '"1"', '"-12.34"', '"1e400"', '"NaN"', '"1,50"', '"\u0661\u0662"', '"x"', "'x'",
    '"' + "x" * 2000 + '"', '"' + "\\ufdfa" * 200 + '"', '"\\u200b\\u200b"', '"cad"', '"ZZZ"', '"US$"',
    '"2025-01-01"', '"2025-01-01T00:00:00"',
    '"2025-02-30T00:00:00Z"', '"2025-01-01T00:00:60Z"', '"0001-01-01T00:00:00Z"', '"9999-12-31T23:59:59-23:59"',
    '"2099-01-01T00:00:00Z"', '"2025-01-01T00:00:00+99:99"', '"2"', "2",
    "[]", "{}", "[[]]", '{"a":1,"a":2}', '{"a":NaN}', "[1,2,3]", "", "undefined",
    "[" * 17 + "]" * 17, "[" * 10_000 + "]" * 10_000, '{"a":' * 2_000 + "1" + "}" * 2_000, "[" * 10_000,
)  # fmt: skip
"""Values as JSON text, or nearly."""

UNKNOWN = ("gender", "age", "nationality", "postcode", "__proto__", "constructor", "", "ce_type", "4111111111111111")
"""Names of fields that no contract has."""

MARKS = (b"\x00", b"{", b"[", b'"', b"\\", b"}", b",", b"\xff", b"\xed\xa0\x80")
"""Bytes that change what follows them, or that UTF-8 does not have."""

ENCODINGS = ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-8-sig", "utf-7", "cp500")


@dataclass(frozen=True, slots=True)
class _Message:
    """A real message, as bytes and taken apart."""

    raw: bytes
    pairs: Pairs


def fuzzed_messages(count: int, seed: int, originals: Sequence[bytes]) -> Iterator[bytes]:
    """Mutate real messages.

    Args:
        count: How many messages to give.
        seed: The same seed and originals give the same messages.
        originals: At least one message; those that are JSON objects are also changed as such.

    Yields:
        One message at a time; about one in a thousand is larger than 64 KiB.
    """
    random = Random(seed)
    messages = [_Message(raw, _taken_apart(raw)) for raw in originals]
    objects = [message for message in messages if message.pairs]
    for _ in range(count):
        if objects and random.random() < 0.5:
            yield _mutated_structure(random, objects)
        else:
            message = random.choice(messages)
            raw = random.choice(BYTES)(random, message.raw, random.choice(messages).raw)
            yield raw if random.random() < 0.8 else random.choice(BYTES)(random, raw, message.raw)


def _taken_apart(raw: bytes) -> Pairs:
    try:
        data = json.loads(raw)
    except ValueError:
        return []
    if not isinstance(data, dict):
        return []
    return [(json.dumps(key), json.dumps(value, ensure_ascii=False)) for key, value in data.items()]


def _mutated_structure(random: Random, objects: Sequence[_Message]) -> bytes:
    pairs = list(random.choice(objects).pairs)
    for _ in range(random.choice((1, 1, 1, 2, 3))):
        if pairs:
            random.choice(STRUCTURE)(random, pairs)
    comma, colon = random.choice(((",", ":"), (", ", ": "), ("\n,\t", " : ")))
    text = "{" + comma.join([key + colon + value for key, value in pairs]) + "}"
    if random.random() < 0.05:
        text = random.choice(WRAPPINGS).replace("@", text)
    return text.encode("utf-8", "surrogatepass")


WRAPPINGS = (
    "[@]", '{"data":@}', "@@", "@,@", "@\n@", " @ ", "@\x00", "\ufeff@", '"@"', "@}", "{@", "/**/@", "@//", ")]}',@",
)  # fmt: skip
"""What a whole message is put into, in place of the @."""


def _flip(random: Random, raw: bytes, _other: bytes) -> bytes:
    changed = bytearray(raw)
    for _ in range(random.randint(1, 8) if changed else 0):
        changed[random.randrange(len(changed))] ^= 1 << random.randrange(8)
    return bytes(changed)


def _truncate(random: Random, raw: bytes, _other: bytes) -> bytes:
    return raw[: random.randint(0, len(raw))]


def _behead(random: Random, raw: bytes, _other: bytes) -> bytes:
    return raw[random.randint(0, len(raw)) :]


def _splice(random: Random, raw: bytes, other: bytes) -> bytes:
    return raw[: random.randint(0, len(raw))] + other[random.randint(0, len(other)) :]


def _repeat(random: Random, raw: bytes, _other: bytes) -> bytes:
    start, end = sorted((random.randint(0, len(raw)), random.randint(0, len(raw))))
    times = 70_000 // max(1, end - start) if random.random() < 0.02 else random.randint(2, 20)
    return raw[:start] + raw[start:end] * times + raw[end:]


def _delete(random: Random, raw: bytes, _other: bytes) -> bytes:
    start = random.randint(0, len(raw))
    return raw[:start] + raw[start + random.randint(1, 12) :]


def _insert(random: Random, raw: bytes, _other: bytes) -> bytes:
    start = random.randint(0, len(raw))
    return raw[:start] + random.randbytes(random.randint(1, 12)) + raw[start:]


def _insert_mark(random: Random, raw: bytes, _other: bytes) -> bytes:
    start = random.randint(0, len(raw))
    return raw[:start] + random.choice(MARKS) + raw[start:]


def _encode(random: Random, raw: bytes, _other: bytes) -> bytes:
    return raw.decode("utf-8", "replace").encode(random.choice(ENCODINGS), "replace")


def _case(_random: Random, raw: bytes, _other: bytes) -> bytes:
    return raw.swapcase()


def _noise(random: Random, _raw: bytes, _other: bytes) -> bytes:
    return random.randbytes(random.randint(0, 64))


BYTES: tuple[Callable[[Random, bytes, bytes], bytes], ...] = (
    _flip, _flip, _truncate, _behead, _splice, _repeat, _delete, _insert, _insert_mark, _encode, _case, _noise,
)  # fmt: skip
"""Mutations of bytes: of a message, with another message at hand."""


def _replace(random: Random, pairs: Pairs) -> None:
    at = random.randrange(len(pairs))
    pairs[at] = (pairs[at][0], random.choice(VALUES))


def _swap(random: Random, pairs: Pairs) -> None:
    one, two = random.randrange(len(pairs)), random.randrange(len(pairs))
    pairs[one], pairs[two] = (pairs[one][0], pairs[two][1]), (pairs[two][0], pairs[one][1])


def _twice(random: Random, pairs: Pairs) -> None:
    key, value = random.choice(pairs)
    if random.random() < 0.5:
        key = '"' + "".join(f"\\u{ord(char):04x}" for char in key[1:-1]) + '"'
    pairs.insert(random.randint(0, len(pairs)), (key, random.choice((value, random.choice(VALUES)))))


def _escape_key(random: Random, pairs: Pairs) -> None:
    at = random.randrange(len(pairs))
    key, value = pairs[at]
    pairs[at] = ('"' + "".join(f"\\u{ord(char):04x}" for char in key[1:-1]) + '"', value)


def _drop(random: Random, pairs: Pairs) -> None:
    del pairs[random.randrange(len(pairs))]


def _unknown(random: Random, pairs: Pairs) -> None:
    pairs.insert(random.randint(0, len(pairs)), (json.dumps(random.choice(UNKNOWN)), random.choice(VALUES)))


def _trick(random: Random, pairs: Pairs) -> None:
    at = random.randrange(len(pairs))
    key, value = pairs[at]
    if value.startswith('"') and "\\" not in value:
        start = random.randint(1, max(1, len(value) - 1))
        pairs[at] = (key, value[:start] + random.choice(TRICKS) + value[start:])


def _retype(random: Random, pairs: Pairs) -> None:
    at = random.randrange(len(pairs))
    key, value = pairs[at]
    pairs[at] = (key, random.choice(("[@]", '{"value":@}', "@@", "-@", "@e5", "@.0")).replace("@", value))


def _reorder(random: Random, pairs: Pairs) -> None:
    random.shuffle(pairs)


def _oversize(random: Random, pairs: Pairs) -> None:
    at = random.randrange(len(pairs))
    size = 70_000 if random.random() < 0.01 else 1_100
    pairs[at] = (pairs[at][0], '"' + "x" * size + '"')


STRUCTURE: tuple[Callable[[Random, Pairs], None], ...] = (
    _replace, _replace, _replace, _swap, _twice, _escape_key, _drop, _unknown, _trick, _trick, _retype,
    _reorder, _oversize,
)  # fmt: skip
"""Mutations of the members of an object, in place."""
