"""The pages for users of other clients: what they say of those clients runs, each page as one program."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from kubex import conditions
from kubex.k8s.v1_35.apiextensions.v1 import CustomResourceDefinition
from kubex.k8s.v1_35.core.v1 import Container, Pod, PodSpec
from kubex.sync import Api, apply_manifests, configure_from_kubeconfig, create_client, wait_for
from kubex.testing import ApiServer
from kubex_core.models.metadata import ObjectMetadata
from tests.clients.environment import run
from tests.unit.docs.backups import DEFINITION, NAME
from tests.unit.docs.snippets import read_blocks

pytestmark = pytest.mark.timeout(300)  # the first test may have to make the environment
ROOT = Path(__file__).parents[2]
PAGES = sorted((ROOT / "docs" / "coming-from").glob("*.md"))
IN_MEMORY = os.environ.get("KUBEX_TEST_SERVER") == "memory"


@pytest.fixture(scope="module")
def cluster(request: pytest.FixtureRequest) -> Iterator[Path]:
    """The kubeconfig of the cluster under test; in memory with a pod that answers."""
    if not IN_MEMORY:
        kubeconfig: Path = request.getfixturevalue("secure_kubeconfig")
        with create_client(configure_from_kubeconfig(path=kubeconfig)) as client:
            apply_manifests(client, [DEFINITION], field_manager="docs", wait=60).check()
            try:
                yield kubeconfig
            finally:
                Api(CustomResourceDefinition, client).delete(NAME)
        return
    with ApiServer(tls=True, workloads=True) as server, create_client(server.configuration) as client:
        apply_manifests(client, [DEFINITION], field_manager="docs", wait=60).check()
        pods = Api(Pod, client, namespace="default")
        spec = PodSpec(containers=[Container(name="web", image="web:1")])
        pods.create(Pod(metadata=ObjectMetadata(name="web-0"), spec=spec))
        wait_for(pods, "web-0", conditions.pod_ready, timeout=60)  # some clients wait until it is
        server.pods.log("web-0", "listening\n")
        server.pods.on_exec(lambda command, stdin: "up 3 days\n")
        yield server.kubeconfig


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_what_is_shown_of_another_client_runs(page: Path, cluster: Path, tmp_path: Path) -> None:
    # What these clients do with a pod of a real cluster is shown by programs/pods_with_*.py.
    blocks = [block for block in read_blocks(page) if block.client is not None and (IN_MEMORY or not block.needs_pod)]
    assert len(blocks) >= 5
    body = "".join(f"    {line}\n" if line else "\n" for block in blocks for line in block.text.splitlines())
    program = tmp_path / "program.py"
    program.write_text(f"import asyncio\n\n\nasync def main():\n{body}\n\nasyncio.run(main())\n")
    ended = run(["python", str(program)], cluster, tmp_path)
    assert ended.code == 0, ended.output
    if IN_MEMORY and any(block.needs_pod for block in blocks):
        assert "listening" in ended.output
        assert "up 3 days" in ended.output
