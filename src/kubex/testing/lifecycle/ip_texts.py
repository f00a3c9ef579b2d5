"""IP addresses and ranges of them, as the server reads those of fields that are older than its strict rules.

Zeros in front of numbers do not count, and an IPv4 address may be written as an IPv6 one.
"""

from __future__ import annotations

import ipaddress
import re
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import Final, TypeAlias

from kubex.core._go_text import go_quoted

__all__ = [
    "IpAddress",
    "IpRange",
    "address_problems",
    "address_warnings",
    "is_strict_address",
    "range_warnings",
    "read_address",
    "read_range",
]

IpAddress: TypeAlias = IPv4Address | IPv6Address
IpRange: TypeAlias = IPv4Network | IPv6Network

_ZEROS: Final = re.compile(r"(?<![0-9A-Fa-f])0+(?=[0-9A-Fa-f])")
_MAPPED_LENGTH: Final = 96


def read_address(text: str) -> IpAddress | None:
    """Read an IP address; `None` for what is none."""
    if "%" in text:  # a zone, which Python knows
        return None
    try:
        return _unmapped(ipaddress.ip_address(_ZEROS.sub("", text)))
    except ValueError:
        return None


def read_range(text: str) -> tuple[IpAddress, IpRange] | None:
    """Read a range of IP addresses: the address that it is written with, and the range; `None` for what is none."""
    address, _, length = text.partition("/")
    if not (length.isascii() and length.isdigit()) or "%" in address:  # masks and zones, which Python knows
        return None
    try:
        found = ipaddress.ip_interface(_ZEROS.sub("", text))
    except ValueError:
        return None
    mapped = _unmapped(found.network.network_address)
    if isinstance(mapped, IPv4Address) and found.version != 4 and found.network.prefixlen >= _MAPPED_LENGTH:
        return _unmapped(found.ip), IPv4Network((mapped, found.network.prefixlen - _MAPPED_LENGTH))
    return _unmapped(found.ip), found.network


def address_problems(text: str) -> list[str]:
    """Say what keeps a text from being an IP address by the strict rules."""
    address = read_address(text)
    if address is None:
        return ["must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"]
    if not is_strict_address(text):
        return ["must not have leading 0s"]
    if address.version == 4 and ":" in text:
        return ["must not be an IPv4-mapped IPv6 address"]
    return [] if text == str(address) else [f"must be in canonical form ({go_quoted(str(address))})"]


def address_warnings(field: str, text: str) -> list[str]:
    """Say how an IP address should rather be written."""
    address = read_address(text)
    if address is None or text == str(address):
        return []
    if address.version == 4 or not is_strict_address(text):
        what = f"non-standard IP address {go_quoted(text)} will be considered invalid in a future Kubernetes release"
        return [f"{field}: {what}: use {go_quoted(str(address))}"]
    shown = go_quoted(str(address))
    return [f"{field}: IPv6 address {go_quoted(text)} should be in RFC 5952 canonical format ({shown})"]


def range_warnings(field: str, text: str) -> list[str]:
    """Say how a range of IP addresses should rather be written."""
    read = read_range(text)
    if read is None:
        return []
    address, whole = read
    found: list[str] = []
    if address != whole.network_address:
        alone = f"{address}/{128 if ':' in text else 32}"
        what = f"CIDR value {go_quoted(text)} is ambiguous in this context"
        found.append(f"{field}: {what} (should be {go_quoted(str(whole))} or {go_quoted(alone)}?)")
    head, _, length = text.partition("/")
    is_mapped = ":" in text and address.version == 4
    if is_mapped or not is_strict_address(head) or length != str(int(length)):
        what = f"non-standard CIDR value {go_quoted(text)} will be considered invalid in a future Kubernetes release"
        found.append(f"{field}: {what}: use {go_quoted(str(whole))}")
    if not found and whole.version == 6 and text != str(whole):
        shown = go_quoted(str(whole))
        found.append(f"{field}: IPv6 CIDR value {go_quoted(text)} should be in RFC 5952 canonical format ({shown})")
    return found


def is_strict_address(text: str) -> bool:
    """Whether an address has no zeros too many."""
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _unmapped(address: IpAddress) -> IpAddress:
    """Give the IPv4 address that an IPv6 one stands for."""
    return address.ipv4_mapped or address if isinstance(address, IPv6Address) else address
