"""Which numbers are ports, and which maps of ports can be served."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kubex.core.exceptions import InvalidArgument

__all__ = ["check_port", "check_port_map", "check_ports"]


def check_port(port: object) -> int:
    """Give a port.

    Raises:
        TypeError: it is not an int; a bool is none.
        InvalidArgument: there is no such port.
    """
    if isinstance(port, bool) or not isinstance(port, int):
        raise TypeError(f"port {port!r}: an int is needed")
    if not 1 <= port <= 65535:
        raise InvalidArgument(f"port {port}: a number from 1 to 65535 is needed")
    return port


def check_ports(ports: Sequence[int]) -> list[int]:
    """Give the ports to forward.

    Raises:
        TypeError: it is no sequence, or one of them is not an int.
        InvalidArgument: there is none, one twice, or one that does not exist.
    """
    # Not every caller checks types.
    if isinstance(ports, str | bytes | int):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise TypeError(f"ports={ports!r}: a sequence of ints is needed")
    checked = [check_port(port) for port in ports]
    if not checked:
        raise InvalidArgument("ports: at least one is needed")
    if len(set(checked)) != len(checked):
        raise InvalidArgument(f"ports={checked}: one of them is there twice")
    return checked


def check_port_map(port_map: Mapping[int, int]) -> dict[int, int]:
    """Give a map from ports of a pod to local ports.

    Raises:
        TypeError: it is no mapping, or a port is not an int.
        InvalidArgument: it is empty, a local port is in it twice, or a port does not exist.
    """
    # Not every caller checks types.
    if not isinstance(port_map, Mapping):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise TypeError(f"port_map={port_map!r}: a mapping from the pod's ports to local ones is needed")
    checked = {check_port(remote): check_port(local) for remote, local in port_map.items()}
    if not checked:
        raise InvalidArgument("port_map is empty: at least one port is needed")
    if len(set(checked.values())) != len(checked):
        raise InvalidArgument(f"port_map={checked}: a local port is there twice")
    return checked
