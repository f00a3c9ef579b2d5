"""Where a configuration is looked for when none is given, and what is said when there is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from kubex.configuration import incluster_config
from kubex.configuration.default import configure_default
from kubex.core.exceptions import ConfigurationError
from tests.unit.configuration.documents import document, write

pytestmark = pytest.mark.anyio

PLACES = ("KUBECONFIG", "home", "pod")


def furnish(places: list[str], home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put configurations in these places, each with its place's name for the server's."""
    if "KUBECONFIG" in places:
        write(home / "of-variable", document(cluster={"server": "https://KUBECONFIG"}))
        monkeypatch.setenv("KUBECONFIG", f"{home}/missing:{home}/of-variable")
    if "home" in places:
        write(home / ".kube" / "config", document(cluster={"server": "https://home"}))
    if "pod" in places:
        write(incluster_config.SERVICE_ACCOUNT_FOLDER / "token", "t")
        write(incluster_config.SERVICE_ACCOUNT_FOLDER / "ca.crt", "ca")
        monkeypatch.setenv("KUBERNETES_SERVICE_HOST", "pod")
        monkeypatch.setenv("KUBERNETES_SERVICE_PORT", "443")


@pytest.mark.parametrize(
    ("places", "server"),
    [
        (["KUBECONFIG", "home", "pod"], "https://KUBECONFIG"),
        (["KUBECONFIG", "pod"], "https://KUBECONFIG"),
        (["home", "pod"], "https://home"),
        (["home"], "https://home"),
        (["pod"], "https://pod:443"),
    ],
)
async def test_precedence(places: list[str], server: str, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    furnish(places, home, monkeypatch)
    assert (await configure_default()).base_url == server


async def test_the_variable_stands_for_the_home_folder_even_where_its_files_are_missing(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    furnish(["home", "pod"], home, monkeypatch)
    monkeypatch.setenv("KUBECONFIG", f"{home}/missing")
    assert (await configure_default()).base_url == "https://pod:443"


async def test_an_empty_kubeconfig_is_none(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    furnish(["pod"], home, monkeypatch)
    write(home / ".kube" / "config", "kind: Config\napiVersion: v1\nclusters: []\n")
    assert (await configure_default()).base_url == "https://pod:443"


@pytest.mark.parametrize("content", ["a: [", document() | {"current-context": ""}, document(user={"token": 1})])
async def test_a_kubeconfig_with_a_mistake_is_no_reason_to_look_elsewhere(
    content: object, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    furnish(["pod"], home, monkeypatch)
    write(home / ".kube" / "config", content)
    with pytest.raises(ConfigurationError, match=r"^~/\.kube/config "):
        await configure_default()


@pytest.mark.parametrize(
    ("variable", "tried"),
    [
        (None, "the default kubeconfig: ~/.kube/config (missing)"),
        ("HOME/a:HOME/empty", "the files of KUBECONFIG: ~/a (missing), ~/empty (empty)"),
    ],
)
async def test_what_was_tried(variable: str | None, tried: str, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(home / "empty", "")
    if variable is not None:
        monkeypatch.setenv("KUBECONFIG", variable.replace("HOME", str(home)))
    with pytest.raises(ConfigurationError) as raised:
        await configure_default()
    assert str(raised.value) == (
        f"no configuration of a cluster; tried {tried}; "
        "the pod's service account: KUBERNETES_SERVICE_HOST is not set: the program does not run in a pod"
    )


async def test_a_pod_without_a_service_account(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    furnish(["pod"], home, monkeypatch)
    (incluster_config.SERVICE_ACCOUNT_FOLDER / "token").unlink()
    with pytest.raises(
        ConfigurationError, match=r"the pod's service account: the service account's token .* not exist$"
    ):
        await configure_default()
