"""The models of a kubeconfig: spellings, unknown keys, nulls, and nothing secret in what is printed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from pydantic import BaseModel, ValidationError

from kubex.configuration import configuration as models
from kubex.configuration.configuration import (
    AuthInfo,
    AuthProviderConfig,
    Cluster,
    ExecConfig,
    ExecEnvVar,
    ExecInteractiveMode,
    KubeConfig,
    NamedAuthInfo,
    NamedCluster,
    NamedExtension,
)
from tests.unit.configuration.documents import document, documents

SECRET = "hunter2"


@given(documents)
def test_what_is_read_is_what_is_dumped(content: dict[str, Any]) -> None:
    assert KubeConfig.model_validate(content).model_dump(by_alias=True, exclude_unset=True, mode="json") == content


@given(documents)
def test_a_dump_reads_as_the_same(content: dict[str, Any]) -> None:
    config = KubeConfig.model_validate(content)
    for by_alias in (True, False):
        assert KubeConfig.model_validate(config.model_dump(by_alias=by_alias, exclude_none=True)) == config


def test_both_spellings() -> None:
    spelled = {
        "client-certificate": "a",
        "client-key-data": "b",
        "tokenFile": "c",
        "as": "d",
        "as-uid": "e",
        "as-groups": ["f"],
        "as-user-extra": {"g": ["h"]},
        "auth-provider": {"name": "oidc"},
        "exec": {"apiVersion": "v1", "command": "aws", "installHint": "i", "interactiveMode": "Never"},
    }
    made = AuthInfo(
        client_certificate="a",
        client_key_data="b",
        token_file="c",
        impersonate="d",
        impersonate_uid="e",
        impersonate_groups=["f"],
        impersonate_user_extra={"g": ["h"]},
        auth_provider=AuthProviderConfig(name="oidc"),
        exec=ExecConfig(api_version="v1", command="aws", install_hint="i", interactive_mode=ExecInteractiveMode.NEVER),
    )
    assert AuthInfo.model_validate(spelled) == made
    assert made.model_dump(by_alias=True, exclude_unset=True, mode="json") == spelled


def test_nulls_are_as_if_they_were_absent() -> None:
    content = {
        "clusters": None,
        "preferences": None,
        "current-context": None,
        "users": [{"name": "u", "user": None}, {"name": "v", "user": {"exec": {"command": "x", "args": None}}}],
    }
    config = KubeConfig.model_validate(content)
    assert config.clusters == []
    assert config.users[0].user == AuthInfo()
    assert config.users[1].user.exec == ExecConfig(command="x")


def test_an_unknown_null_is_kept() -> None:
    assert Cluster.model_validate({"new-key": None}).model_dump(exclude_unset=True) == {"new-key": None}


WRONG: list[tuple[dict[str, Any], tuple[str | int, ...]]] = [
    ({"clusters": {}}, ("clusters",)),
    ({"clusters": [None]}, ("clusters", 0)),
    ({"clusters": [{"cluster": {}}]}, ("clusters", 0, "name")),
    ({"users": [{"name": "u", "user": {"token": 123}}]}, ("users", 0, "user", "token")),
    ({"users": [{"name": "u", "user": {"as-groups": "g"}}]}, ("users", 0, "user", "as-groups")),
    (
        document(cluster={"insecure-skip-tls-verify": "true"}),
        ("clusters", 0, "cluster", "insecure-skip-tls-verify"),
    ),
    (document(cluster={"insecure-skip-tls-verify": 1}), ("clusters", 0, "cluster", "insecure-skip-tls-verify")),
    (
        document(user={"exec": {"command": "x", "interactiveMode": "Maybe"}}),
        ("users", 0, "user", "exec", "interactiveMode"),
    ),
    (document(user={"exec": {}}), ("users", 0, "user", "exec", "command")),
    ({"kind": "Pod"}, ("kind",)),
    ({"apiVersion": "v2"}, ("apiVersion",)),
    ({"contexts": [{"name": "a"}, {"name": "b"}, {"name": "a"}]}, ("contexts",)),
    ({"current-context": True}, ("current-context",)),
]


@pytest.mark.parametrize(("content", "where"), WRONG)
def test_wrong_kinds_of_values(content: dict[str, Any], where: tuple[str | int, ...]) -> None:
    with pytest.raises(ValidationError) as raised:
        KubeConfig.model_validate(content)
    assert [error["loc"] for error in raised.value.errors()] == [where]


SECRETIVE: list[Callable[[], BaseModel]] = [
    lambda: Cluster(server=f"https://u:{SECRET}@example.com", proxy_url=f"http://u:{SECRET}@proxy"),
    lambda: Cluster(certificate_authority_data=SECRET),
    lambda: Cluster.model_validate({"secret-of-a-newer-version": SECRET}),
    lambda: AuthInfo(token=SECRET, password=SECRET, client_key_data=SECRET, client_certificate_data=SECRET),
    lambda: AuthProviderConfig(name="oidc", config={"refresh-token": SECRET}),
    lambda: ExecConfig(command="aws", args=["--token", SECRET], env=[ExecEnvVar(name="TOKEN", value=SECRET)]),
    lambda: NamedExtension(name="e", extension={"password": SECRET}),
]


@pytest.mark.parametrize("make", SECRETIVE)
def test_no_secret_is_printed(make: Callable[[], BaseModel]) -> None:
    model = make()
    assert SECRET in model.model_dump_json()
    assert SECRET not in f"{model!r}{model}"


def test_no_secret_is_printed_from_the_outside() -> None:
    config = KubeConfig(users=[NamedAuthInfo(name="u", user=AuthInfo(token=SECRET, username="jane"))])
    assert SECRET not in f"{config!r}{config}"
    assert "username='jane'" in repr(config)


def test_no_value_is_in_the_text_of_a_validation_error() -> None:
    with pytest.raises(ValidationError) as raised:
        KubeConfig.model_validate({"users": [{"name": "u", "user": {"token": [SECRET], "password": {SECRET: 1}}}]})
    assert SECRET not in f"{raised.value}{raised.value!r}"


def test_defaults_are_not_shared() -> None:
    KubeConfig().clusters.append(NamedCluster(name="c"))
    assert KubeConfig().clusters == []


def test_all_models_are_public() -> None:
    public = {
        name
        for name, value in vars(models).items()
        if isinstance(value, type) and value.__module__ == models.__name__ and not name.startswith("_")
    }
    assert public == set(models.__all__)
