"""Options of the sockets to a server: how a peer that is gone without a word is noticed."""

from __future__ import annotations

import socket

__all__ = ["socket_options"]

# Seconds: of silence until the first probe, and between probes. A peer that answers none, or takes no data for all that
# time, is given up: load balancers and partitions end connections without telling anybody.
_IDLE, _INTERVAL, _PROBES = 30, 10, 3


def socket_options() -> list[tuple[int, int, int]]:
    """Give the options, as `setsockopt` takes them; those that the system has."""
    options = [(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)]
    values = {
        "TCP_KEEPIDLE": _IDLE,
        "TCP_KEEPALIVE": _IDLE,  # macOS' name of the same
        "TCP_KEEPINTVL": _INTERVAL,
        "TCP_KEEPCNT": _PROBES,
        "TCP_USER_TIMEOUT": (_IDLE + _INTERVAL * _PROBES) * 1000,
    }
    for name, value in values.items():
        option: int | None = getattr(socket, name, None)
        if option is not None:
            options.append((socket.IPPROTO_TCP, option, value))
    return options
