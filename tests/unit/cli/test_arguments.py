"""What the `kubex` command is given: options, files and addresses, and which cluster they name."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from kubex import __version__
from kubex.testing import ApiServer
from tests.unit.cli.commands import SHOP, Command, one_line

pytestmark = pytest.mark.timeout(300)


@pytest.mark.parametrize(
    ("selector", "why"), [("app in (", 'for --prune: label selector "app in ("'), (" ", "for --prune: it is empty")]
)
def test_a_selector_that_is_none_is_refused_before_anything_is_applied(
    kubex: Command, cluster: ApiServer, shop: Path, selector: str, why: str
) -> None:
    ran = kubex("apply", "-f", shop, "--prune", selector)
    assert (ran.code, ran.out) == (2, "")
    assert one_line(ran.err)
    assert why in ran.err
    assert kubex("apply", "-f", shop).out == "namespace/shop created\nconfigmap/colours in shop created\n"


def test_what_is_applied_needs_a_name(kubex: Command, cluster: ApiServer, shop: Path) -> None:
    shop.write_text(SHOP + "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {generateName: colours-}\n")
    for command, code in (("apply", 1), ("diff", 2)):
        ran = kubex(command, "-f", shop)
        assert (ran.code, ran.out) == (code, "")
        assert one_line(ran.err)
        assert 'shop.yaml, document 3 (ConfigMap "colours-"): what is applied needs a metadata.name' in ran.err


@pytest.mark.parametrize(
    ("arguments", "instead"),
    [
        (("apply", "-f"), "apply -f -"),
        (("diff", "-f"), "diff -f -"),
        (("generate",), "generate -"),
        (("serve", "--load"), "serve --load -"),
    ],
)
def test_addresses_are_not_read(kubex: Command, arguments: tuple[str, ...], instead: str) -> None:
    ran = kubex(*arguments, "https://bot:hunter2@example.com/shop.yaml")
    assert (ran.code, ran.out) == (2, "")
    assert one_line(ran.err)
    assert "https://***@example.com/shop.yaml is an address, and only files are read" in ran.err
    assert f"curl -fsSL … | kubex {instead} " in ran.err


def test_standard_input(kubex: Command, cluster: ApiServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(SHOP.encode())))
    assert kubex("apply", "-f", "-").out.splitlines()[-1] == "configmap/colours in shop created"


def test_versions(kubex: Command, cluster: ApiServer) -> None:
    assert kubex("version").out == f"kubex {__version__}\nKubernetes v1.35.4\n"
    assert kubex("--version").out == kubex("version", "--client").out == f"kubex {__version__}\n"
    assert json.loads(kubex("version", "-o", "json").out)["server"]["gitVersion"] == "v1.35.4"


def test_another_kubeconfig_and_context(kubex: Command, cluster: ApiServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KUBECONFIG")
    assert kubex("version", "--kubeconfig", cluster.kubeconfig).code == 0
    refused = kubex("version", "--kubeconfig", cluster.kubeconfig, "--context", "nowhere")
    assert refused.code == 1
    assert "nowhere" in refused.err
    assert one_line(refused.err)


def test_messages_name_options(kubex: Command, tmp_path: Path, shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "kubeconfig"
    path.write_text("contexts: [{name: staging, context: {cluster: c}}]\n")
    monkeypatch.setenv("KUBECONFIG", str(path))
    for options in ((), ("--kubeconfig", path)):
        ran = kubex("version", *options)
        assert (ran.code, ran.err) == (
            1,
            f"error: {path} has no current-context: choose one with --context (it has: staging)\n",
        )
    refused = kubex("apply", "-f", shop, "--field-manager", "")
    assert refused.code == 2
    assert one_line(refused.err)
    assert "for '--field-manager': a name is needed" in refused.err
    form = kubex("apply", "-f", shop, "-o", "wide")
    assert form.code == 2
    assert form.err.startswith("error: Invalid value for '--output' / '-o': 'wide' is not one of 'json', 'yaml'")


def test_without_arguments_it_shows_its_help(kubex: Command) -> None:
    ran = kubex()
    assert (ran.code, ran.err) == (2, "")
    assert "Usage:" in ran.out
    assert "Apply manifests" in ran.out


@pytest.mark.parametrize("arguments", [("apply",), ("nonsense",), ("version", "--nonsense"), ("serve", "--port", "x")])
def test_wrong_arguments_are_told_in_one_line(kubex: Command, arguments: tuple[str, ...]) -> None:
    ran = kubex(*arguments)
    assert ran.code == 2
    assert one_line(ran.err)
    assert "--help" in ran.err


def test_folders_below_folders_are_read_when_asked(kubex: Command, cluster: ApiServer, tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "b" / "shop.yaml").write_text(SHOP)
    nothing = kubex("apply", "-f", tmp_path / "a")
    assert nothing.code == 1
    assert one_line(nothing.err)
    assert "-R" in nothing.err
    (tmp_path / "a" / "n.json").write_text('{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "n"}}')
    assert kubex("apply", "-f", tmp_path / "a").out == "namespace/n created\n"
    assert len(kubex("apply", "-R", "-f", tmp_path / "a").out.splitlines()) == 3


@pytest.mark.parametrize("timeout", ["soon", "-1s", "5 m"])
def test_a_time_that_is_none(kubex: Command, cluster: ApiServer, shop: Path, timeout: str) -> None:
    ran = kubex("apply", "-f", shop, "--wait", f"--timeout={timeout}")
    assert ran.code == 2
    assert one_line(ran.err)
    assert "--timeout" in ran.err
