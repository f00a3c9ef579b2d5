"""What the server refuses in what pods and containers tell Windows.

https://kubernetes.io/docs/tasks/configure-pod-container/configure-runasusername/
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

from kubex.core._go_text import go_json
from kubex.testing.failures import Cause
from kubex.testing.lifecycle.names import dns_subdomain_problems

__all__ = ["windows_option_causes"]

_LARGEST_KIB: Final = 64
_LONGEST_DOMAIN: Final = 256
_LONGEST_USER: Final = 104
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")
_NET_BIOS: Final = re.compile(r'[^\\/:*?"<>|.][^\\/:*?"<>|]{0,14}')
_LABEL: Final = r"[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
_DNS: Final = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
_NOT_OF_USERS: Final = re.compile(r'["/\\:;|=,+*?<>@\[\]]')


def windows_option_causes(options: Mapping[str, Any], where: str) -> Iterator[Cause]:
    """Say what is wrong with the options for Windows of a pod or a container."""
    problems: Mapping[str, Callable[[str], Iterable[str]]] = {
        "gmsaCredentialSpecName": dns_subdomain_problems,
        "gmsaCredentialSpec": _account_problems,
        "runAsUserName": _user_problems,
    }
    for name, problems_of in problems.items():
        value = options.get(name)
        if value is not None:
            for why in problems_of(value):
                # As pointers are shown, not as texts are.
                yield Cause("FieldValueInvalid", f"Invalid value: {go_json(value)}: {why}", f"{where}.{name}")


def _account_problems(text: str) -> Iterator[str]:
    if not text:
        yield "gmsaCredentialSpec cannot be an empty string"
    elif len(text.encode()) > _LARGEST_KIB * 1024:
        yield f"gmsaCredentialSpec size must be under {_LARGEST_KIB} KiB"


def _user_problems(text: str) -> Iterator[str]:
    if not text:
        yield "runAsUserName cannot be an empty string"
    elif _CONTROL.search(text):
        yield "runAsUserName cannot contain control characters"
    elif text.count("\\") > 1:
        yield "runAsUserName cannot contain more than one backslash"
    else:
        domain, backslash, user = text.rpartition("\\")
        if len(domain.encode()) >= _LONGEST_DOMAIN:
            yield f"runAsUserName's Domain length must be under {_LONGEST_DOMAIN} characters"
        if backslash and not _NET_BIOS.fullmatch(domain) and not _DNS.fullmatch(domain):
            yield "runAsUserName's Domain doesn't match the NetBios nor the DNS format"
        yield from _name_problems(user)


def _name_problems(user: str) -> Iterator[str]:
    if not user:
        yield "runAsUserName's User cannot be empty"
    elif len(user.encode()) > _LONGEST_USER:
        yield f"runAsUserName's User length must not be longer than {_LONGEST_USER} characters"
    if user and not user.strip(". "):
        yield "runAsUserName's User cannot contain only periods or spaces"
    if _NOT_OF_USERS.search(user):
        yield r"""runAsUserName's User cannot contain the following characters: "/\:;|=,+*?<>@[]"""
