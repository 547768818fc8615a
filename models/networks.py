"""Which addresses are of the open internet. What somebody else names is asked there and nowhere else."""

import socket
from contextlib import suppress
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

GLOBAL_UNICAST = IPv6Network("2000::/3")
NAT64 = IPv6Network("64:ff9b::/96")
"""RFC 6052: the last four bytes are an IPv4 address."""
CLOSED = (IPv4Network("192.0.0.0/24"), IPv4Network("192.88.99.0/24"), IPv4Network("168.63.129.16/32"), IPv6Network("3fff::/20"))
"""Not of the open internet, though `ipaddress` says so: protocols, the old relay, Azure's own host, documentation."""


class PrivateAddress(OSError):
    """The name leads to an address that is not of the open internet."""


def is_public(address: str) -> bool:
    """Whether an IP address is of the open internet; of IPv6 also the IPv4 address that stands in it.

    >>> is_public("64:ff9b::808:808"), is_public("64:ff9b::7f00:1"), is_public("0x7f000001")
    (True, False, False)
    """
    try:
        found = ip_address(address)
    except ValueError:
        return False
    if isinstance(found, IPv4Address):
        return _is_open(found)
    inner = IPv4Address(found.packed[-4:]) if found in NAT64 else found.ipv4_mapped
    if inner is not None:
        return _is_open(inner)
    carried = found.sixtofour or (found.teredo or (None, None))[1]
    return found in GLOBAL_UNICAST and _is_open(found) and (carried is None or _is_open(carried))


def names_private(host: str) -> bool:
    """Whether a host, as it is written, is private whatever the DNS says: an IP address in any notation, or this machine.

    >>> names_private("0x7f.1"), names_private("2130706433"), names_private("localhost."), names_private("contoh.test")
    (True, True, True, False)
    """
    plain = host.rstrip(".").lower()
    with suppress(OSError, UnicodeError, ValueError):
        plain = socket.inet_ntoa(socket.inet_aton(plain))  # It reads the short, octal and hexadecimal notations too.
    try:
        ip_address(plain)
    except ValueError:
        return plain == "localhost" or plain.endswith((".localhost", ".local", ".internal"))
    return not is_public(plain)


def is_this_machine(host: str) -> bool:
    """Whether a host is named as this very machine, in one of the ways in which people write it."""
    return host in {"localhost", "127.0.0.1", "::1"}


def find_public(host: str, port: int, *, allows_private: bool = False) -> str:
    """The IP address behind a name: connect to it, and to no second answer of the DNS. Raises OSError.

    One private address among several is enough to refuse the name: whoever mixes them wants to be asked twice.
    """
    try:
        found = [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    except UnicodeError as error:
        raise OSError(f"{host[:100]!r} is no name of a host") from error
    if not allows_private and not all(is_public(address) for address in found):
        raise PrivateAddress(f"{host} lies in a private network")
    return found[0]


def _is_open(address: IPv4Address | IPv6Address) -> bool:
    return address.is_global and not address.is_multicast and not any(address in network for network in CLOSED)
