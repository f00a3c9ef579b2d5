"""The tokens of an OIDC user in a kubeconfig file: read again, and written back as kubectl does.

Only the tokens' own text is changed: comments, order and quotes of the rest stay as their author left them.
"""

from __future__ import annotations

import contextlib
import copy
import json
import os
import tempfile
from collections.abc import Generator, Mapping
from typing import Any, cast

import yaml

from kubex.configuration._files import displayed, read_bounded
from kubex.configuration._yaml import parse_yaml
from kubex.core.exceptions import ConfigurationError

__all__ = ["read_tokens", "with_tokens", "write_tokens"]

_LARGEST = 16 << 20
_KEYS = ("id-token", "refresh-token")


def read_tokens(path: str, user: str) -> dict[str, str]:
    """Give the tokens of a user; nothing where the file can't be read any more."""
    try:
        config = _config_of(parse_yaml(read_bounded(path, "kubeconfig", _LARGEST), displayed(path)), user)
    except ConfigurationError:
        return {}
    return {key: value for key in _KEYS if isinstance(value := (config or {}).get(key), str)}


def write_tokens(path: str, user: str, tokens: Mapping[str, str]) -> None:
    """Put tokens into a kubeconfig file: all at once, and never while kubectl writes it.

    Raises:
        OSError: the file or its folder can't be written.
        ConfigurationError: another program writes it, or it no longer has the user.
    """
    path = os.path.realpath(path)  # a link stays one
    with _locked(path):
        content = read_bounded(path, "kubeconfig", _LARGEST)
        changed = with_tokens(content, user, tokens, displayed(path))
        descriptor, temporary = tempfile.mkstemp(dir=os.path.dirname(path), prefix=".kubeconfig-")
        try:
            with open(descriptor, "wb") as file:
                file.write(changed)
                os.chmod(temporary, os.stat(path).st_mode & 0o7777)
            os.replace(temporary, path)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(temporary)
            raise


def with_tokens(content: bytes, user: str, tokens: Mapping[str, str], shown: str) -> bytes:
    """Give a kubeconfig's text with other tokens of a user.

    Raises:
        ConfigurationError: it has no such user, or is written in a way in which the change can't be made.
    """
    expected = copy.deepcopy(parse_yaml(content, shown))
    config = _config_of(expected, user)
    if config is None:
        raise ConfigurationError(f'{shown} has no user "{user}" with an auth-provider any more')
    config.update(tokens)
    changed: bytes | None = None
    with contextlib.suppress(yaml.YAMLError, UnicodeDecodeError):
        text = content.decode()
        changed = _edited(text, yaml.compose(text, yaml.SafeLoader), user, tokens).encode()
    if changed is None or parse_yaml(changed, shown) != expected:
        raise ConfigurationError(f"{shown} is written in a way that can't be changed in place")
    return changed


def _config_of(document: object, user: str) -> dict[str, Any] | None:
    """Give the auth-provider's mapping of a user in plain values."""
    found: Any = document
    for key in ("users", user, "user", "auth-provider", "config"):
        if isinstance(found, list):
            entries: list[Any] = found  # pyright: ignore[reportUnknownVariableType]
            found = next((entry for entry in entries if _named_value(entry, "name") == key), None)
        else:
            found = _named_value(found, key)
    return cast("dict[str, Any]", found) if isinstance(found, dict) else None


def _named_value(mapping: object, key: str) -> Any:
    return cast("dict[str, Any]", mapping).get(key) if isinstance(mapping, dict) else None


def _edited(text: str, root: Any, user: str, tokens: Mapping[str, str]) -> str:
    """Replace the values, and put those that are not there before the first key."""
    node = root
    for key in ("users", user, "user", "auth-provider", "config"):
        node = _named(node, key) if isinstance(node, yaml.SequenceNode) else _value(node, key)
    if not isinstance(node, yaml.MappingNode) or not node.value:
        return text
    first = node.value[0][0].start_mark
    separator = ", " if node.flow_style else "\n" + " " * first.column
    edits: list[tuple[int, int, str]] = []
    for key, token in tokens.items():
        value = _value(node, key)
        if value is None:
            edits.append((first.index, first.index, f"{json.dumps(key)}: {json.dumps(token)}{separator}"))
        else:
            edits.append((value.start_mark.index, value.end_mark.index, json.dumps(token)))
    for start, end, replacement in sorted(edits, reverse=True):
        text = text[:start] + replacement + text[end:]
    return text


def _value(node: Any, key: str) -> Any:
    if not isinstance(node, yaml.MappingNode):
        return None
    return next((value for name, value in node.value if name.value == key), None)


def _named(node: Any, name: str) -> Any:
    return next((entry for entry in node.value if getattr(_value(entry, "name"), "value", None) == name), None)


@contextlib.contextmanager
def _locked(path: str) -> Generator[None]:
    """Hold the lock that kubectl holds while it writes a kubeconfig."""
    lock = f"{path}.lock"
    try:
        os.close(os.open(lock, os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        raise ConfigurationError(f"another program is writing it ({displayed(lock)} is there)") from None
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            os.unlink(lock)
