"""The `kubex` command as its users run it, on a server in memory."""

from __future__ import annotations

import io
import json
import sys
import urllib.request
from pathlib import Path
from typing import Any

import pytest
import yaml

from kubex.manifests import files
from kubex.testing import ApiServer
from tests.unit.cli.commands import SHOP, Command, Ran, one_line
from tests.unit.generate.modules import executed

pytestmark = pytest.mark.timeout(300)

BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12)
)

BACKUPS = """\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: backups.example.com
spec:
  group: example.com
  scope: Namespaced
  names: {kind: Backup, plural: backups}
  versions:
  - name: v1
    served: true
    storage: true
    schema:
      openAPIV3Schema:
        type: object
        properties:
          spec:
            type: object
            properties:
              schedule: {type: string}
"""


def test_apply_is_done_in_order_and_changes_nothing_the_second_time(
    kubex: Command, cluster: ApiServer, shop: Path
) -> None:
    assert kubex("apply", "-f", shop) == Ran(
        code=0, out="namespace/shop created\nconfigmap/colours in shop created\n", err=""
    )
    assert kubex("apply", "-f", shop).out == "namespace/shop unchanged\nconfigmap/colours in shop unchanged\n"
    shop.write_text(SHOP.replace("blue", "red"))
    assert kubex("apply", "--dry-run", "-f", shop.parent).out == (
        "namespace/shop unchanged (dry run)\nconfigmap/colours in shop changed (dry run)\n"
    )
    assert kubex("apply", "-f", shop).out == "namespace/shop unchanged\nconfigmap/colours in shop changed\n"


def test_what_is_gone_from_the_manifests_is_pruned(kubex: Command, cluster: ApiServer, shop: Path) -> None:
    kubex("apply", "-f", shop)
    shop.write_text(SHOP.partition("---\n")[2])
    assert kubex("apply", "-f", shop, "--prune", "app=shop", "-n", "shop").out == (
        "namespace/shop unchanged\nconfigmap/colours in shop pruned\n"
    )


def test_it_is_said_when_nothing_is_pruned(kubex: Command, cluster: ApiServer, shop: Path) -> None:
    kubex("apply", "-f", shop)
    shop.write_text("apiVersion: v1\nkind: Pony\nmetadata: {name: x}\n---\n" + SHOP.partition("---\n")[2])
    ran = kubex("apply", "-f", shop, "--prune", "app=shop", "-n", "shop")
    assert (ran.code, ran.out) == (1, "namespace/shop unchanged\npony/x failed\n")
    assert ran.err.splitlines()[1:] == ["warning: nothing was pruned, as not all objects were applied"]
    assert "pruned" not in kubex("apply", "-f", shop).err, "nobody asked for it"


def test_an_object_that_fails_does_not_stop_the_others(kubex: Command, cluster: ApiServer, shop: Path) -> None:
    shop.write_text("apiVersion: v1\nkind: Pony\nmetadata: {name: x}\n---\n" + SHOP)
    ran = kubex("apply", "-f", shop)
    assert ran.code == 1
    assert ran.out.splitlines() == [
        "namespace/shop created",
        "configmap/colours in shop created",
        "pony/x failed",
    ]
    assert one_line(ran.err)
    assert 'shop.yaml, document 1: Pony "x" failed: ' in ran.err


@pytest.mark.parametrize("form", ["json", "yaml"])
def test_results_for_programs(kubex: Command, cluster: ApiServer, shop: Path, form: str) -> None:
    ran = kubex("apply", "-f", shop, "-o", form)
    results: list[dict[str, Any]] = json.loads(ran.out) if form == "json" else list(yaml.safe_load_all(ran.out))
    assert [(each["kind"], each["name"], each["outcome"]) for each in results] == [
        ("Namespace", "shop", "created"),
        ("ConfigMap", "colours", "created"),
    ]
    assert results[1]["namespace"] == "shop"
    assert results[1]["source"] == f"{shop}, document 1"
    assert results[1]["object"]["data"] == {"sky": "blue"}


def test_what_another_manager_owns_is_taken_by_force_alone(kubex: Command, cluster: ApiServer, shop: Path) -> None:
    kubex("apply", "-f", shop, "--field-manager", "another")
    shop.write_text(SHOP.replace("blue", "red"))
    refused = kubex("apply", "-f", shop)
    assert refused.code == 1
    assert one_line(refused.err)
    assert 'conflict with "another": .data.sky' in refused.err
    assert kubex("apply", "-f", shop, "--force-conflicts").code == 0


def test_waiting_has_an_end(kubex: Command, cluster: ApiServer, shop: Path) -> None:
    shop.write_text(
        "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {containers: [{name: main, image: busybox}]}\n"
    )
    ran = kubex("apply", "-f", shop, "--wait", "--timeout", "0.1")
    assert ran.code == 1
    assert ran.out == "pod/web in default failed\n"
    assert "waited 0.1 s for readiness; it is there (phase Pending)\n" in ran.err
    assert one_line(ran.err)


def test_a_difference(kubex: Command, cluster: ApiServer, shop: Path) -> None:
    kubex("apply", "-f", shop)
    assert kubex("diff", "-f", shop) == Ran(code=0, out="", err="")
    shop.write_text(SHOP.replace("blue", "red"))
    ran = kubex("diff", "-f", shop)
    assert ran.code == 1
    assert ran.out.startswith("--- live/v1/ConfigMap/shop/colours\n+++ applied/v1/ConfigMap/shop/colours\n@@")
    assert [line for line in ran.out.splitlines()[3:] if line[0] in "+-"] == ["-  sky: blue", "+  sky: red"]
    assert kubex("diff", "-f", shop).code == 1, "nothing was kept"


def test_a_difference_of_what_is_not_there_is_all_of_it(kubex: Command, cluster: ApiServer, shop: Path) -> None:
    shop.write_text("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {x: '1'}\n")
    ran = kubex("diff", "-f", shop, "-n", "default")
    assert ran.code == 1
    assert "+data:\n+  x: '1'\n" in ran.out
    assert "uid" not in ran.out


def test_a_difference_that_can_not_be_told(kubex: Command, cluster: ApiServer, tmp_path: Path) -> None:
    missing = kubex("diff", "-f", tmp_path / "missing.yaml")
    assert missing.code == 2
    assert one_line(missing.err)
    (tmp_path / "pony.yaml").write_text("apiVersion: v1\nkind: Pony\nmetadata: {name: x}\n")
    assert kubex("diff", "-f", tmp_path / "pony.yaml").code == 2


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("a: [1\nb: 2", "bad.yaml is not YAML (line 2, column 2)"),
        (BOMB, "bad.yaml has more than 1000000 values (line 7, "),
        ("!!python/object:os.system {}", "bad.yaml has a YAML tag (line 1, column 1)"),
        ("kind: ConfigMap", "bad.yaml is not a Kubernetes object: it has no apiVersion"),
        ("# nothing yet\n", "there is no object in "),
    ],
)
def test_manifests_that_can_not_be_read(
    kubex: Command, cluster: ApiServer, tmp_path: Path, text: str, why: str
) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text(text)
    ran = kubex("apply", "-f", path)
    assert (ran.code, ran.out) == (1, "")
    assert one_line(ran.err)
    assert why in ran.err


def test_classes_of_a_file_and_of_a_cluster_are_the_same(kubex: Command, cluster: ApiServer, tmp_path: Path) -> None:
    path = tmp_path / "backups.yaml"
    path.write_text(BACKUPS)
    of_file = kubex("generate", path)
    assert of_file.code == 0
    assert executed(of_file.out).Backup.__RESOURCE_CONFIG__.plural == "backups"
    kubex("apply", "-f", path)
    written = tmp_path / "backups.py"
    assert kubex("generate", "--kind", "Backup", "--output-file", written) == Ran(code=0, out="", err="")
    assert written.read_text() == of_file.out
    assert "BaseEntity" in kubex("generate", path, "--form", "pydantic").out


@pytest.mark.parametrize("version", ["v2", "v3/apis/apps/v1"])
def test_classes_of_an_openapi_document(kubex: Command, cluster: ApiServer, tmp_path: Path, version: str) -> None:
    document = tmp_path / "openapi.json"
    with urllib.request.urlopen(f"{cluster.configuration.base_url}/openapi/{version}") as answer:
        document.write_bytes(answer.read())
    ran = kubex("generate", document, "--kind", "Deployment", "--api-version", "v1")
    assert (ran.code, ran.err) == (0, "")
    deployment = executed(ran.out).Deployment
    assert deployment.__RESOURCE_CONFIG__.api_version == "apps/v1"
    assert deployment.model_validate({"metadata": {"name": "web"}}).metadata.name == "web"
    whole = kubex("generate", document)
    assert whole.code == 1
    assert one_line(whole.err)
    assert "say which kinds" in whole.err


def test_definitions_of_standard_input(kubex: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "backups.yaml"
    path.write_text(BACKUPS)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(BACKUPS.encode())))
    assert kubex("generate", "-").out == kubex("generate", path).out != ""
    monkeypatch.setattr(files, "_LARGEST", 100)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(BACKUPS.encode())))
    ran = kubex("generate", "-")
    assert (ran.code, ran.out) == (1, "")
    assert one_line(ran.err)
    assert "is larger than 100 bytes" in ran.err


def test_a_kind_that_is_not_there(kubex: Command, cluster: ApiServer) -> None:
    ran = kubex("generate", "--kind", "Pony")
    assert ran.code == 1
    assert ran.err == "error: the cluster has no custom resource pony\n"


def test_a_definition_of_a_class(
    kubex: Command, cluster: ApiServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "backups.yaml"
    path.write_text(BACKUPS)
    (tmp_path / "backups_of_test.py").write_text(kubex("generate", path).out)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    ran = kubex("crd", "backups_of_test:Backup")
    assert ran.code == 0
    definition = yaml.safe_load(ran.out)
    assert definition["metadata"]["name"] == "backups.example.com"
    path.write_text(ran.out)
    assert kubex("apply", "-f", path).out == "customresourcedefinition/backups.example.com created\n"
    for place, why in [
        ("backups_of_test", "does not say where a class is"),
        ("missing_module:Backup", "there is no module missing_module"),
        ("backups_of_test:Pony", "module backups_of_test has no class Pony"),
    ]:
        refused = kubex("crd", place)
        assert refused.code == 1
        assert one_line(refused.err)
        assert why in refused.err


def test_a_definition_of_several_versions(kubex: Command, cluster: ApiServer, tmp_path: Path) -> None:
    versions = ("tests.unit.crd.backups:Backup", "tests.unit.crd.backups:OldBackup")
    path = tmp_path / "backups.json"
    for options, stored in (((), "v1"), (("--storage", versions[1]), "v1beta1")):
        ran = kubex("crd", *versions, *options, "-o", "json")
        assert (ran.code, ran.err) == (0, "")
        path.write_text(ran.out)
        found = {each["name"]: each["storage"] for each in json.loads(ran.out)["spec"]["versions"]}
        assert found == {"v1": stored == "v1", "v1beta1": stored == "v1beta1"}
        assert kubex("apply", "-f", path).code == 0
    refused = kubex("crd", versions[0], "--storage", versions[1])
    assert refused.code == 1
    assert one_line(refused.err)
    assert "storage OldBackup is none of the classes" in refused.err


@pytest.mark.parametrize("module", ["raise RuntimeError('boom')", "import sys; sys.exit(0)"])
def test_a_module_that_can_not_be_imported(
    kubex: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module: str
) -> None:
    name = f"module_{abs(hash(module))}"
    (tmp_path / f"{name}.py").write_text(module)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    ran = kubex("crd", f"{name}:Backup")
    assert (ran.code, ran.out) == (1, "")
    assert one_line(ran.err)
    assert f"module {name} can't be imported: " in ran.err


def test_a_file_without_definitions_is_named_once(kubex: Command, shop: Path) -> None:
    ran = kubex("generate", shop)
    why = "there is no CustomResourceDefinition, and no OpenAPI document"
    assert (ran.code, ran.err) == (1, f"error: {shop} (2 documents): {why}\n")


def test_what_to_do_about_a_conflict(kubex: Command, cluster: ApiServer, shop: Path) -> None:
    kubex("apply", "-f", shop, "--field-manager", "another")
    shop.write_text(SHOP.replace("blue", "red"))
    for command, code in (("apply", 1), ("diff", 2)):
        refused = kubex(command, "-f", shop)
        assert refused.code == code
        assert one_line(refused.err)
        assert "(--force-conflicts takes the fields)" in refused.err


def test_a_difference_shows_no_secret(kubex: Command, cluster: ApiServer, tmp_path: Path) -> None:
    path = tmp_path / "secret.yaml"
    text = "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {old: OLD, kept: KEPT}\n"
    path.write_text(text)
    kubex("apply", "-f", path)
    path.write_text(text.replace("OLD", "NEW"))
    copy = '{"metadata": {"annotations": {"kubectl.kubernetes.io/last-applied-configuration": "S0VQVA=="}}}'
    with urllib.request.urlopen(
        urllib.request.Request(
            f"{cluster.configuration.base_url}/api/v1/namespaces/default/secrets/s",
            copy.encode(),
            {"Content-Type": "application/merge-patch+json"},
            method="PATCH",
        )
    ):
        pass
    for options in ((), ("-o", "json"), ("-o", "yaml")):
        ran = kubex("diff", "-f", path, *options)
        assert ran.code == 1
        assert "*** (after)" in ran.out
        for secret in ("OLD", "NEW", "KEPT", "T0xE", "TkVX", "S0VQVA"):
            assert secret not in ran.out


def test_a_secret_that_is_written_as_text_changes(kubex: Command, cluster: ApiServer, tmp_path: Path) -> None:
    path = tmp_path / "secret.yaml"
    text = "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {password: one}\n"
    path.write_text(text)
    assert kubex("apply", "-f", path).out == "secret/s in default created\n"
    assert kubex("apply", "-f", path).out == "secret/s in default unchanged\n"
    path.write_text(text.replace("one", "two"))
    compared = kubex("diff", "-f", path, "-o", "json")
    assert compared.code == 1
    (found,) = json.loads(compared.out)
    assert (found["outcome"], [each["path"] for each in found["patch"]]) == ("changed", ["/data/password"])
    assert kubex("apply", "-f", path).out == "secret/s in default changed\n"
    assert kubex("diff", "-f", path, "-o", "json") == Ran(code=0, out="[]\n", err="")


def test_a_difference_for_programs(kubex: Command, cluster: ApiServer, shop: Path) -> None:
    kubex("apply", "-f", shop)
    assert json.loads(kubex("diff", "-f", shop, "-o", "json").out) == []
    shop.write_text(SHOP.replace("blue", "red"))
    shop.write_text(shop.read_text() + "---\napiVersion: v1\nkind: Pony\nmetadata: {name: x}\n")
    found, failed = json.loads(kubex("diff", "-f", shop, "-o", "json").out)
    assert (failed["kind"], failed["outcome"]) == ("Pony", "failed")
    assert "Pony" in failed["error"]
    assert "patch" not in failed
    assert found["patch"] == [{"op": "replace", "path": "/data/sky", "value": "red"}]
    assert (found["kind"], found["name"], found["outcome"]) == ("ConfigMap", "colours", "changed")


def test_a_manifest_of_ten_megabytes(kubex: Command, cluster: ApiServer, tmp_path: Path) -> None:
    path = tmp_path / "large.json"
    value = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "large"}, "data": {"x": "x" * 900_000}}
    items = [{**value, "metadata": {"name": f"large-{number}"}} for number in range(11)]
    path.write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": items}))
    assert path.stat().st_size >= 9_900_000
    assert kubex("apply", "-f", path).out.splitlines() == [
        f"configmap/large-{number} in default created" for number in range(11)
    ]


def test_warnings_of_the_server_are_a_line_each(kubex: Command, cluster: ApiServer, tmp_path: Path) -> None:
    path = tmp_path / "endpoints.yaml"
    path.write_text("apiVersion: v1\nkind: Endpoints\nmetadata: {name: e}\n")
    ran = kubex("apply", "-f", path)
    assert ran.code == 0
    why = "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice"
    assert set(ran.err.splitlines()) == {f"warning: {why}"}
