"""Kubeconfigs for the tests: a usable one, and strategies for all kinds."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from hypothesis import strategies as st


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def document(
    *, cluster: Mapping[str, Any] | None = None, user: Mapping[str, Any] | None = None, **others: Any
) -> dict[str, Any]:
    """Give a kubeconfig with the one context "dev"; of its cluster and user, what is given comes on top."""
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "dev",
        "clusters": [{"name": "c", "cluster": {"server": "https://example.com:6443", **(cluster or {})}}],
        "users": [{"name": "u", "user": dict(user or {})}],
        "contexts": [{"name": "dev", "context": {"cluster": "c", "user": "u"}}],
        **others,
    }


def write(path: Path, content: object) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content if isinstance(content, str) else yaml.safe_dump(content, sort_keys=False))
    return path


_text = st.text(alphabet="abc:/.-é 1", max_size=4)
_unknown = st.dictionaries(
    st.sampled_from(["x-new", "newKey", "und_er"]),
    st.one_of(
        _text, st.integers(), st.booleans(), st.lists(_text, max_size=2), st.dictionaries(_text, _text, max_size=2)
    ),
    max_size=2,
)


@st.composite
def _section(
    draw: st.DrawFn,
    /,
    *keys: str,
    required: dict[str, st.SearchStrategy[str]] | None = None,
    **typed: st.SearchStrategy[Any],
) -> dict[str, Any]:
    """Give a section with any of these keys, and unknown ones."""
    optional: dict[str, st.SearchStrategy[Any]] = dict.fromkeys(keys, _text) | {
        key.replace("_", "-"): strategy for key, strategy in typed.items()
    }
    return draw(st.fixed_dictionaries(required or {}, optional=optional)) | draw(_unknown)


@st.composite
def _named(draw: st.DrawFn, key: str, section: st.SearchStrategy[dict[str, Any]]) -> list[dict[str, Any]]:
    names = draw(st.lists(st.sampled_from("mkopq"), max_size=3, unique=True))
    return [{"name": name, key: draw(section), **draw(_unknown)} for name in names]


_extensions = _named("extension", _unknown)
_clusters = _section(
    "server",
    "tls-server-name",
    "certificate-authority",
    "certificate-authority-data",
    "proxy-url",
    insecure_skip_tls_verify=st.booleans(),
    disable_compression=st.booleans(),
    extensions=_extensions,
)
_exec = _section(
    "apiVersion",
    "installHint",
    required={"command": st.sampled_from(["aws", "./bin/aws", "/bin/aws"])},
    args=st.lists(_text, max_size=2),
    env=st.lists(st.fixed_dictionaries({"name": _text, "value": _text}), max_size=2),
    provideClusterInfo=st.booleans(),
    interactiveMode=st.sampled_from(["Never", "IfAvailable", "Always"]),
)
_users = _section(
    "client-certificate",
    "client-certificate-data",
    "client-key",
    "client-key-data",
    "token",
    "tokenFile",
    "as",
    "as-uid",
    "username",
    "password",
    as_groups=st.lists(_text, max_size=2),
    as_user_extra=st.dictionaries(_text, st.lists(_text, max_size=2), max_size=2),
    auth_provider=st.fixed_dictionaries({"name": _text, "config": st.dictionaries(_text, _text, max_size=2)}),
    exec=_exec,
    extensions=_extensions,
)

documents = _section(
    "current-context",
    apiVersion=st.just("v1"),
    kind=st.just("Config"),
    clusters=_named("cluster", _clusters),
    users=_named("user", _users),
    contexts=_named("context", _section("cluster", "user", "namespace", extensions=_extensions)),
    preferences=_section(colors=st.booleans(), extensions=_extensions),
    extensions=_extensions,
)
"""Every kubeconfig, unknown keys everywhere."""
