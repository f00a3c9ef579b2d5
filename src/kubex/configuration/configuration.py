"""`KubeConfig` and its parts: what a kubeconfig file says, as models.

https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/

Attributes are snake_case, the files' names kebab-case or camelCase as they are there; both are taken. Keys that are not
known here are kept, and `model_dump(by_alias=True, exclude_none=True)` gives them back. No `repr` shows a credential.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, ClassVar, Self, cast

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, field_validator, model_validator
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

from kubex.configuration._url import without_secrets

__all__ = [
    "AuthInfo",
    "AuthProviderConfig",
    "Cluster",
    "Context",
    "ExecConfig",
    "ExecEnvVar",
    "ExecInteractiveMode",
    "KubeConfig",
    "NamedAuthInfo",
    "NamedCluster",
    "NamedContext",
    "NamedExtension",
    "Preferences",
]

# The few names of the file format that are not the attribute's with hyphens.
_OTHER_SPELLINGS = {
    "api_version": "apiVersion",
    "token_file": "tokenFile",
    "impersonate": "as",
    "impersonate_uid": "as-uid",
    "impersonate_groups": "as-groups",
    "impersonate_user_extra": "as-user-extra",
}


def _key(attribute: str) -> str:
    return _OTHER_SPELLINGS.get(attribute) or attribute.replace("_", "-")


class _Section(BaseModel):
    """What all parts have in common."""

    model_config: ClassVar[ConfigDict] = ConfigDict(
        extra="allow",
        populate_by_name=True,
        alias_generator=_key,
        strict=True,  # as kubectl: a token that looks like a number has to stand in quotes
        hide_input_in_errors=True,
        defer_build=True,  # most programs read none, or one
    )

    @model_validator(mode="before")
    @classmethod
    def _nulls_are_absent(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        known = cls.model_fields.keys() | {field.alias for field in cls.model_fields.values()}
        values = cast("dict[str, Any]", data)
        return {key: value for key, value in values.items() if value is not None or key not in known}

    def __repr_args__(self) -> Iterator[tuple[str | None, Any]]:
        for name, value in super().__repr_args__():
            if name in type(self).model_fields:  # an unknown key can be a secret
                yield name, without_secrets(value) if isinstance(value, str) and "://" in value else value


class NamedExtension(_Section):
    """What some other program keeps in a kubeconfig."""

    name: str
    extension: Any = Field(default=None, repr=False)


class Cluster(_Section):
    """How to reach a cluster."""

    server: str | None = None
    tls_server_name: str | None = None
    insecure_skip_tls_verify: bool = False
    certificate_authority: str | None = None
    certificate_authority_data: str | None = Field(default=None, repr=False)
    proxy_url: str | None = None
    disable_compression: bool = False
    extensions: list[NamedExtension] = []


class ExecInteractiveMode(StrEnum):
    """Whether a credential plugin may read the standard input."""

    NEVER = "Never"
    IF_AVAILABLE = "IfAvailable"
    ALWAYS = "Always"


class ExecEnvVar(_Section):
    """An environment variable of a credential plugin."""

    name: str
    value: str = Field(default="", repr=False)


class ExecConfig(_Section):
    """A credential plugin: a program that prints credentials."""

    model_config: ClassVar[ConfigDict] = ConfigDict(alias_generator=to_camel)

    command: str
    args: list[str] = Field(default=[], repr=False)
    env: list[ExecEnvVar] = []
    api_version: str | None = None
    install_hint: str | None = None
    provide_cluster_info: bool = False
    interactive_mode: Annotated[ExecInteractiveMode, Field(strict=False)] | None = None


class AuthProviderConfig(_Section):
    """One of the providers that were once part of kubectl; `oidc` is left."""

    name: str
    config: dict[str, str] = Field(default={}, repr=False)


class AuthInfo(_Section):
    """Who the program is: credentials, of which one kind is used."""

    client_certificate: str | None = None
    client_certificate_data: str | None = Field(default=None, repr=False)
    client_key: str | None = None
    client_key_data: str | None = Field(default=None, repr=False)
    token: str | None = Field(default=None, repr=False)
    token_file: str | None = None
    impersonate: str | None = None
    impersonate_uid: str | None = None
    impersonate_groups: list[str] = []
    impersonate_user_extra: dict[str, list[str]] = {}
    username: str | None = None
    password: str | None = Field(default=None, repr=False)
    auth_provider: AuthProviderConfig | None = None
    exec: ExecConfig | None = None
    extensions: list[NamedExtension] = []


class Context(_Section):
    """A cluster, a user there, and the namespace that is meant where none is named."""

    cluster: str | None = None
    user: str | None = None
    namespace: str | None = None
    extensions: list[NamedExtension] = []


class _Entry(_Section):
    """A part with a name, of which a kubeconfig has many."""

    name: str
    _origin: Path | None = PrivateAttr(default=None)

    @property
    def origin(self) -> Path | None:
        """File it was read from; `None` where it was made in code."""
        return self._origin


class NamedCluster(_Entry):
    """A cluster and its name in this kubeconfig."""

    cluster: Cluster = Field(default_factory=Cluster)


class NamedAuthInfo(_Entry):
    """A user and its name in this kubeconfig."""

    user: AuthInfo = Field(default_factory=AuthInfo)


class NamedContext(_Entry):
    """A context and its name."""

    context: Context = Field(default_factory=Context)


class Preferences(_Section):
    """Settings of kubectl's, of no use to a client."""

    colors: bool = False
    extensions: list[NamedExtension] = []


class KubeConfig(_Section):
    """A kubeconfig: one file's, or several files' merged.

    Names are those of the files; `kubex.configuration.read_kubeconfig` reads and merges them, and
    `configure_from_kubeconfig` picks a context.
    """

    api_version: str = "v1"
    kind: str = "Config"
    preferences: Preferences = Field(default_factory=Preferences)
    clusters: list[NamedCluster] = []
    users: list[NamedAuthInfo] = []
    contexts: list[NamedContext] = []
    current_context: str | None = None
    extensions: list[NamedExtension] = []

    _files: tuple[Path, ...] = PrivateAttr(default=())

    @property
    def files(self) -> tuple[Path, ...]:
        """Files it was read from, the one that goes before the others first."""
        return self._files

    def with_files(self, files: tuple[Path, ...]) -> Self:
        """Give the same kubeconfig, said to come from these files."""
        copy = self.model_copy()
        copy._files = files
        return copy

    def with_origin(self, path: Path) -> Self:
        """Give the same kubeconfig, all of it said to come from this file."""
        for entry in (*self.clusters, *self.users, *self.contexts):
            entry._origin = path
        return self.with_files((path,))

    @field_validator("api_version", "kind")
    @classmethod
    def _is_a_kubeconfig(cls, value: str) -> str:
        if value not in ("v1", "Config", ""):
            raise PydanticCustomError("kubeconfig", "Input should be that of a kubeconfig (v1, Config)")
        return value

    @field_validator("clusters", "users", "contexts")
    @classmethod
    def _names_are_unique(cls, entries: Sequence[_Entry]) -> Sequence[_Entry]:
        name, count = Counter(entry.name for entry in entries).most_common(1)[0] if entries else ("", 0)
        if count > 1:
            raise PydanticCustomError("duplicate", 'Two entries are named "{name}"', {"name": name})
        return entries
