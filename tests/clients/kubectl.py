"""A shell with kubectl and a namespace of its own, on the cluster of a kubeconfig file."""

from __future__ import annotations

import json
import uuid
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

from tests.clients.environment import Ended, run
from tests.clients.transcripts import normalized, shown

__all__ = ["Shell", "shell"]


class Shell:
    """Runs commands of a transcript; `$NAMESPACE` is the namespace, and where the names of others' objects begin."""

    def __init__(self, kubeconfig: Path, folder: Path, namespace: str, url: str) -> None:
        self._kubeconfig = kubeconfig
        self._folder = folder
        self._namespace = namespace
        self._names = ((namespace, "NAMESPACE"), (url, "SERVER"), (str(folder), "FOLDER"))

    def answer(self, command: str) -> str:
        """Run a command and give what it wrote, as a transcript has it."""
        return normalized(shown(self.run(command)), self._names)

    def run(self, command: str) -> Ended:
        """Run a command, whatever comes of it."""
        return run(["sh", "-c", command], self._kubeconfig, self._folder, {"NAMESPACE": self._namespace})

    def must(self, command: str) -> None:
        """Run a command that has to succeed."""
        ended = self.run(command)
        assert ended.code == 0, f"{command}\n{ended.output}"


@contextmanager
def shell(kubeconfig: Path, folder: Path) -> Generator[Shell]:
    """Make a namespace and a shell in it; afterwards everything is gone that has the namespace's name as a label.

    Args:
        kubeconfig: of the cluster.
        folder: an empty one, to run in.
    """
    namespace = f"kubex-{uuid.uuid4().hex[:12]}"
    own = folder / "kubeconfig"
    configuration: dict[str, Any] = yaml.safe_load(kubeconfig.read_text())
    for context in configuration["contexts"]:
        context["context"]["namespace"] = namespace
    own.write_text(json.dumps(configuration))
    shell = Shell(own, folder, namespace, configuration["clusters"][0]["cluster"]["server"])
    manifest = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}}
    (folder / "namespace.json").write_text(json.dumps(manifest))
    shell.must("kubectl apply -f namespace.json")
    try:
        yield shell
    finally:
        shell.must("kubectl delete -f namespace.json --wait=false")
