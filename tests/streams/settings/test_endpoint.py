"""Which endpoints may be called: by the address that is connected to."""

import pytest

from models.errors import ConfigurationError
from streams.settings.endpoint import AllowList, Endpoint

NAMED = "llm.bank.example"


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize(
    ("address", "home"),
    [
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("10.1.2.3", True),
        ("172.31.255.255", True),
        ("192.168.0.1", True),
        ("::1", True),
        ("fd12:3456::1", True),
        ("::ffff:10.0.0.1", True),
        ("172.32.0.1", False),
        ("100.64.0.1", False),
        ("203.0.113.5", False),
        ("2606:4700::1111", False),
        ("::ffff:203.0.113.5", False),
        ("169.254.169.254", False),
        ("::ffff:169.254.169.254", False),
        ("fe80::1", False),
        ("0.0.0.0", False),
        ("::", False),
        ("224.0.0.1", False),
        ("64:ff9b::a00:1", False),
        ("no address", False),
    ],
)
def test_only_loopback_and_private_addresses_are_home(scheme: str, address: str, home: bool) -> None:
    """What a name resolves to is judged, for either scheme."""
    assert home == Endpoint.of(f"{scheme}://{NAMED}").permits(address)


@pytest.mark.parametrize(
    "listed", [NAMED, "LLM.Bank.Example", "203.0.113.0/24", "203.0.113.5", f"other.example, {NAMED}"]
)
def test_the_allow_list_opens_https_only(listed: str) -> None:
    """A listed host is called over TLS, and never in the clear."""
    allowed = AllowList.of(listed)
    assert Endpoint.of(f"https://{NAMED}", allowed).permits("203.0.113.5")
    assert not Endpoint.of(f"http://{NAMED}", allowed).permits("203.0.113.5")


@pytest.mark.parametrize("address", ["169.254.169.254", "fe80::1", "0.0.0.0", "224.0.0.1"])
def test_the_allow_list_does_not_open_special_addresses(address: str) -> None:
    """Cloud metadata and the like are refused, whoever lists the name or all networks."""
    allowed = AllowList.of(f"{NAMED},0.0.0.0/0,::/0")
    assert not Endpoint.of(f"https://{NAMED}", allowed).permits(address)


def test_another_name_is_not_listed() -> None:
    """The end of a name is not the name."""
    allowed = AllowList.of("bank.example")
    assert not Endpoint.of(f"https://{NAMED}", allowed).permits("203.0.113.5")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "llm.bank.example",
        "ftp://llm.bank.example",
        "http://",
        "http://user@llm.bank.example",
        "http://user:secret@llm.bank.example",
        "http://llm.bank.example?key=secret",
        "http://llm.bank.example#x",
        "http://llm.bank.example/a b",
        "http://llm.bank.example/\n",
        "http://llm.bank.example:0",
        "http://llm.bank.example:65536",
        "http://[::1",
        "http://203.0.113.5/v1",
        "https://203.0.113.5/v1",
        "http://169.254.169.254/latest",
        "http://[fe80::1]:8000",
    ],
)
def test_other_addresses_are_refused_without_repeating_them(url: str) -> None:
    """The message says what to do and holds no secret."""
    with pytest.raises(ConfigurationError, match="address of the LLM: ") as refused:
        Endpoint.of(url)
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize(
    ("url", "base"),
    [
        ("http://127.0.0.1:8000/v1/", "http://127.0.0.1:8000/v1"),
        ("http://localhost:11434", "http://localhost:11434"),
        ("https://LLM.bank.example/api/v1", "https://llm.bank.example:443/api/v1"),
        ("http://[::1]:8000/v1", "http://[::1]:8000/v1"),
    ],
)
def test_plain_addresses_are_taken(url: str, base: str) -> None:
    """A protocol's path goes behind it, so it ends without a slash."""
    assert base == Endpoint.of(url).base


@pytest.mark.parametrize("text", ["http://x", "10.0.0.1/8", "a b", "*", "999.1.1.1", "-x.example"])
def test_allow_list_entries_are_names_addresses_or_networks(text: str) -> None:
    """A slip is not ignored: it would refuse the host, or allow another."""
    with pytest.raises(ConfigurationError, match="allow-list"):
        AllowList.of(text)
