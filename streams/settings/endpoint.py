"""Judges an endpoint by the address that is connected to, so that what a name resolves to cannot trick it.

| address | http | https |
|---|---|---|
| loopback, RFC 1918, unique local (RFC 4193) | yes | yes |
| on the allow-list, by name or network | no | yes |
| link-local (cloud metadata), unspecified, multicast | no | no |
| any other | no | no |
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from models.errors import ConfigurationError

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_HOME = tuple(
    ip_network(network)
    for network in ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "::1", "fc00::/7")
)
# User, password, query and fragment have no place in it: what is secret belongs into the key, which is masked.
_URL = re.compile(
    r"(?P<scheme>https?)://(?P<host>[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252})|\[[0-9A-Fa-f:.]{2,45}\])"
    r"(?::(?P<port>[0-9]{1,5}))?(?P<path>(?:/[A-Za-z0-9._~-]+)*)/?"
)
_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252})")


@dataclass(frozen=True, slots=True)
class AllowList:
    """Hosts beyond the bank's own addresses that may be called, over TLS only.

    Args:
        names: Host names, in lower case.
    """

    names: frozenset[str] = frozenset()
    networks: tuple[Network, ...] = ()

    @classmethod
    def of(cls, text: str) -> "AllowList":
        """Read host names, addresses and networks, comma-separated.

        Raises:
            ConfigurationError: An entry is none of them.

        >>> AllowList.of("llm.bank.example, 203.0.113.0/24").networks
        (IPv4Network('203.0.113.0/24'),)
        """
        names, networks = set(), []
        for entry in filter(None, map(str.strip, text.split(","))):
            try:
                networks.append(ip_network(entry))
            except ValueError:
                if not _NAME.fullmatch(entry) or not re.search("[A-Za-z]", entry):
                    raise ConfigurationError(f"allow-list: {entry!r} is no host name, address or network") from None
                names.add(entry.lower())
        return cls(frozenset(names), tuple(networks))


@dataclass(frozen=True, slots=True)
class Endpoint:
    """The address of a served model.

    Args:
        host: Name, or address without brackets.
        path: Before the protocol's path; empty or beginning with a slash.
        allowed: What may be called beside the bank's own addresses.
    """

    scheme: str
    host: str
    port: int
    path: str
    allowed: AllowList = AllowList()

    @classmethod
    def of(cls, url: str, allowed: AllowList = AllowList()) -> "Endpoint":
        """Read a base address.

        Raises:
            ConfigurationError: It is not a plain http or https address, or its host is an address that is refused.

        >>> Endpoint.of("http://10.1.2.3:8000/v1/").base
        'http://10.1.2.3:8000/v1'
        """
        found = _URL.fullmatch(url)
        if found is None:
            raise ConfigurationError(
                "address of the LLM: give http(s)://host[:port][/path], without user, password, query or fragment"
            )
        scheme, port = found["scheme"], int(found["port"] or {"http": 80, "https": 443}[found["scheme"]])
        endpoint = cls(scheme, found["host"].strip("[]").lower(), port, found["path"], allowed)
        address = _address(endpoint.host)
        if not 0 < port < 65536 or (address is not None and not endpoint.permits(address)):
            raise ConfigurationError(
                f"address of the LLM: {endpoint.host}:{port} is refused over {scheme}: use a loopback or private "
                "address, or https and the allow-list"
            )
        return endpoint

    @property
    def base(self) -> str:
        """The address to put a protocol's path behind."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}{self.path}"

    def permits(self, address: Address | str) -> bool:
        """Tell whether to connect to this address, which is what the host is or what its name resolved to.

        >>> endpoint = Endpoint.of("http://llm.bank.example")
        >>> endpoint.permits("192.168.1.7"), endpoint.permits("169.254.169.254"), endpoint.permits("203.0.113.9")
        (True, False, False)
        """
        found = _address(address) if isinstance(address, str) else address
        if isinstance(found, IPv6Address) and found.ipv4_mapped is not None:
            found = found.ipv4_mapped
        if found is None or found.is_link_local or found.is_multicast or found.is_unspecified:
            return False
        if _within(found, _HOME):
            return True
        listed = self.host in self.allowed.names or _within(found, self.allowed.networks)
        return listed and self.scheme == "https"


def _address(text: str) -> Address | None:
    try:
        return ip_address(text)
    except ValueError:
        return None


def _within(address: Address, networks: Sequence[Network]) -> bool:
    return any(address in network for network in networks)  # an address is in no network of the other version
