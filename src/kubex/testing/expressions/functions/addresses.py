"""IP addresses and ranges of them: `ip`, `cidr` and their kin.

https://kubernetes.io/docs/reference/using-api/cel/#kubernetes-ip-address-library
"""

from __future__ import annotations

import ipaddress
import re
from typing import Any, Final, TypeAlias

from kubex.core._go_text import go_quoted
from kubex.testing.expressions.functions.declaration import Function, opaque, text_of

__all__ = ["ADDRESS_FUNCTIONS"]

_Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address
_Interface: TypeAlias = ipaddress.IPv4Interface | ipaddress.IPv6Interface

_IP: Final = "net.IP"
_CIDR: Final = "net.CIDR"
_PREFIX: Final = re.compile(r"0|[1-9][0-9]{0,2}")
_NO_ADDRESS: Final = "parse error during conversion from string"
_BROADCAST: Final = ipaddress.ip_address("255.255.255.255")
_LINK_LOCAL_GROUPS: Final = (ipaddress.ip_network("224.0.0.0/24"), ipaddress.ip_network("ff02::/16"))
_LINK_LOCAL: Final = (ipaddress.ip_network("169.254.0.0/16"), ipaddress.ip_network("fe80::/10"))


def _parsed_address(text: str) -> _Address:
    if "%" in text:
        raise ValueError(f"IP address {go_quoted(text)} with zone value is not allowed")
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        why = f"ParseAddr({go_quoted(text)}): unable to parse IP"
        raise ValueError(f"IP Address {go_quoted(text)} {_NO_ADDRESS}: {why}") from None
    if _is_mapped(address):
        raise ValueError(f"IPv4-mapped IPv6 address {go_quoted(text)} is not allowed")
    return address


def _parsed_range(text: str) -> _Interface:
    address, slash, length = text.partition("/")
    problem = f"netip.ParsePrefix({go_quoted(text)}): "
    try:
        if not slash:
            raise ValueError("no '/'")
        if _PREFIX.fullmatch(length) is None:
            raise ValueError(f"bad bits after slash: {go_quoted(length)}")
        if "%" in address:
            raise ValueError("IPv6 zones cannot be present in a prefix")
        found = ipaddress.ip_interface(text)
    except ValueError as error:
        failed = f"network address {_NO_ADDRESS}"
        raise ValueError(f"{failed}: {failed}: {problem}{error}") from None
    if _is_mapped(found.ip):
        why = f"IPv4-mapped IPv6 address {go_quoted(text)} is not allowed"
        raise ValueError(f"network address {_NO_ADDRESS}: {why}")
    return found


def _is_mapped(address: _Address) -> bool:
    return isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None


def _ip(text: str) -> dict[str, Any]:
    return opaque(_IP, str(_parsed_address(text)))


def _cidr(text: str) -> dict[str, Any]:
    return opaque(_CIDR, str(_parsed_range(text)))


def _is_ip(text: str) -> bool:
    try:
        _parsed_address(text)
    except ValueError:
        return False
    return True


def _is_cidr(text: str) -> bool:
    try:
        _parsed_range(text)
    except ValueError:
        return False
    return True


def _address(value: Any) -> _Address:
    return _parsed_address(value if isinstance(value, str) else text_of(value, _IP))


def _range(value: Any) -> _Interface:
    return _parsed_range(value if isinstance(value, str) else text_of(value, _CIDR))


def _contains_ip(range_: Any, address: Any) -> bool:
    return _address(address) in _range(range_).network


def _contains_cidr(range_: Any, inner: Any) -> bool:
    outer, other = _range(range_).network, _range(inner).network
    return other.network_address in outer and outer.prefixlen <= other.prefixlen


def _is_global_unicast(value: Any) -> bool:
    address = _address(value)
    return not (
        address.is_unspecified
        or address.is_loopback
        or address.is_multicast
        or address == _BROADCAST
        or _is_link_local_unicast(value)
    )


def _is_link_local_unicast(value: Any) -> bool:
    return any(_address(value) in each for each in _LINK_LOCAL)


def _is_link_local_multicast(value: Any) -> bool:
    return any(_address(value) in each for each in _LINK_LOCAL_GROUPS)


ADDRESS_FUNCTIONS: Final = (
    Function("isIP", ("string",), "bool", _is_ip, method=False),
    Function("ip", ("string",), _IP, _ip, method=False),
    Function("ip.isCanonical", ("string",), "bool", lambda text: str(_parsed_address(text)) == text, method=False),
    Function("family", (_IP,), "int", lambda value: _address(value).version),
    Function("isUnspecified", (_IP,), "bool", lambda value: _address(value).is_unspecified),
    Function("isLoopback", (_IP,), "bool", lambda value: _address(value).is_loopback),
    Function("isLinkLocalMulticast", (_IP,), "bool", _is_link_local_multicast),
    Function("isLinkLocalUnicast", (_IP,), "bool", _is_link_local_unicast),
    Function("isGlobalUnicast", (_IP,), "bool", _is_global_unicast),
    Function("isCIDR", ("string",), "bool", _is_cidr, method=False),
    Function("cidr", ("string",), _CIDR, _cidr, method=False),
    Function("containsIP", (_CIDR, "string"), "bool", _contains_ip),
    Function("containsIP", (_CIDR, _IP), "bool", _contains_ip),
    Function("containsCIDR", (_CIDR, "string"), "bool", _contains_cidr),
    Function("containsCIDR", (_CIDR, _CIDR), "bool", _contains_cidr),
    Function("ip", (_CIDR,), _IP, lambda value: _ip(str(_range(value).ip))),
    Function("prefixLength", (_CIDR,), "int", lambda value: _range(value).network.prefixlen),
    Function("masked", (_CIDR,), _CIDR, lambda value: _cidr(str(_range(value).network))),
    Function("string", (_IP,), "string", lambda value: text_of(value, _IP, _CIDR), method=False),
    Function("string", (_CIDR,), "string", lambda value: text_of(value, _IP, _CIDR), method=False),
)
"""Functions for IP addresses and ranges."""
