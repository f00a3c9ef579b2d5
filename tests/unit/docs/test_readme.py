"""The README's code runs from top to bottom, on a server in memory that has what it speaks of."""

from __future__ import annotations

import json
from pathlib import Path

import anyio
import pytest
import yaml
from anyio.abc import ByteStream

import kubex
from kubex.testing import ApiServer
from kubex.testing.pods import CommandSession
from tests.unit.docs.snippets import read_blocks, run_python

pytestmark = pytest.mark.timeout(300)  # a busy machine takes a while for it
README = Path(__file__).parents[3] / "README.md"
NEVER_ENDING = 4

CONTAINERS = "containers: [{name: web, image: 'shop/web:1', resources: {limits: {cpu: '1'}}}]"
POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: %s, labels: {app: web}}\nspec: {%s}\n"
GADGETS = """
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: gadgets.example.com}
spec:
  group: example.com
  names: {kind: Gadget, plural: gadgets}
  scope: Namespaced
  versions:
  - name: v1
    served: true
    storage: true
    schema:
      openAPIV3Schema:
        type: object
        properties: {spec: {type: object, properties: {size: {type: integer}}}}
"""
SHOP = f"""
apiVersion: v1
kind: Namespace
metadata: {{name: shop}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {{name: web}}
spec:
  selector: {{matchLabels: {{app: shop}}}}
  template: {{metadata: {{labels: {{app: shop}}}}, spec: {{{CONTAINERS}}}}}
---
apiVersion: example.com/v1
kind: Gadget
metadata: {{name: blue}}
spec: {{size: 7}}
"""
APPLIED = """
apiVersion: v1
kind: ConfigMap
metadata: {name: prices, namespace: shop, labels: {app: shop}}
data: {apple: "1"}
"""


async def set_up(client: kubex.BaseClient) -> None:
    """Make what the README speaks of."""
    pods = [POD % (name, CONTAINERS) for name in ("web-0", "web-1", "db-0")]
    objects = kubex.parse_manifests("---\n".join([GADGETS, SHOP, *pods]))
    applied = await kubex.apply_manifests(client, objects, field_manager="setup", namespace="shop", wait=60)
    applied.check()


async def echo(stream: ByteStream) -> None:
    async for data in stream:
        await stream.send(data)


async def main_process(session: CommandSession) -> int:
    await session.stdout.write("ready\n")
    return 0


def write_files(folder: Path) -> None:
    for name in ("container", "crds", "manifests", "site", "copies"):
        (folder / name).mkdir()
    (folder / "crds" / "gadgets.yaml").write_text(GADGETS)
    (folder / "manifests" / "prices.yaml").write_text(APPLIED)
    (folder / "site" / "index.html").write_text("hello")


def write_kubeconfig(folder: Path, server: ApiServer) -> Path:
    """Write one that has the context `staging`, too."""
    content = yaml.safe_load(server.kubeconfig.read_text())
    (context,) = content["contexts"]
    content["contexts"].append({"name": "staging", "context": context["context"]})
    path = folder / "kubeconfig"
    path.write_text(json.dumps(content))
    return path


def test_it_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_files(tmp_path)
    blocks = [block for block in read_blocks(README) if block.language == "python"]
    running = [block for block in blocks if block.no_run is None]
    assert len(blocks) - len(running) <= NEVER_ENDING

    async def run(server: ApiServer) -> None:
        async with await kubex.create_client(server.configuration) as client:
            await set_up(client)
        server.pods.log("web-0", "listening\n", namespace="shop")
        await run_python(README, running, {"server": server})

    with ApiServer(workloads=True) as server:
        server.pods.run_locally(folder="container")
        server.pods.on_attach(main_process)
        server.pods.on_port(None, echo)
        monkeypatch.setenv("KUBECONFIG", str(write_kubeconfig(tmp_path, server)))
        anyio.run(run, server)
    assert (tmp_path / "copies" / "index.html").read_text() == "hello"
    assert "class Gadget(" in (tmp_path / "gizmos.py").read_text()
