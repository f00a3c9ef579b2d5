"""Command line: `python -m tools.manifests FOLDER`, with KUBECONFIG set.

All that the manifests of a folder define is applied, and again, written and applied again, broken in one place and
removed: nothing of it may surprise.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import anyio

import kubex
import kubex.k8s.v1_35
from kubex.api import dynamic_api
from kubex.client.base import BaseClient
from kubex.core.diff import diff
from kubex.core.exceptions import KubexException, NotFound, UnknownResource
from kubex.manifests import (
    AppliedManifest,
    AppliedManifests,
    Outcome,
    apply_manifests,
    dump_manifests,
    load_manifests,
    parse_manifests,
)
from kubex.manifests.objects import plain
from kubex_core.models.entity import Entity
from tools.crds.problems import ProblemError


def main(arguments: Sequence[str] | None = None) -> int:
    """Try the manifests of a folder and give the exit code: 1 where something is not as it should be."""
    parser = argparse.ArgumentParser(prog="python -m tools.manifests", description=__doc__)
    parser.add_argument("folder", type=Path, help="holds the manifests of a project")
    folder: Path = parser.parse_args(arguments).folder
    try:
        objects = load_manifests(folder, models=kubex.k8s.v1_35)
        anyio.run(_try, objects)
    except (KubexException, ProblemError) as error:
        print(f"manifests: {error}", file=sys.stderr)
        return 1
    return 0


async def _try(objects: Sequence[Entity]) -> None:
    async with await kubex.create_client() as client:
        first = await _applied(client, objects)
        try:
            _require(first, Outcome.CREATED, "a cluster without any of them is needed")
            print(f"manifests: {len(first)} objects created")
            _require(await _applied(client, objects), Outcome.UNCHANGED, "changes when it is applied again")
            written = parse_manifests(dump_manifests(objects))
            _require(await _applied(client, written), Outcome.UNCHANGED, "changes when it was written and read")
            print("manifests: none changed, neither again nor written and read")
            await _break_one(client, written)
            print("manifests: one that is broken fails alone")
        finally:
            await _remove(client, first)


async def _applied(client: BaseClient, objects: Iterable[Any]) -> AppliedManifests:
    return await apply_manifests(client, objects, field_manager="kubex-manifests")


def _require(applied: Iterable[AppliedManifest], outcome: Outcome, otherwise: str) -> None:
    for each in applied:
        if each.outcome is not outcome:
            raise ProblemError(f"{each}, and {otherwise}{_changes(each)}")


def _changes(each: AppliedManifest) -> str:
    if each.before is None or each.object is None:
        return ""
    return f": {diff(each.before, each.object).body}"


async def _break_one(client: BaseClient, objects: Sequence[Entity]) -> None:
    """Give one in the middle a field that there is none of."""
    values = [plain(each) for each in objects]
    broken = values[len(values) // 2]
    broken["thereIsNone"] = 1
    applied = await _applied(client, values)
    told = [str(each) for each in applied.failed]
    if len(told) != 1 or broken["metadata"]["name"] not in told[0] or "thereIsNone" not in told[0]:
        raise ProblemError(f"{broken['kind']} {broken['metadata']['name']} is broken, and what failed is {told}")
    _require([each for each in applied if each.error is None], Outcome.UNCHANGED, "changes when another is broken")


async def _remove(client: BaseClient, applied: AppliedManifests) -> None:
    """Delete what was created, what others need last."""
    for each in reversed(applied):
        if each.outcome is Outcome.CREATED:
            try:
                api = await dynamic_api(client, each.api_version, each.kind)
                await api.delete(each.name, namespace=each.namespace)
            except (NotFound, UnknownResource):
                pass  # with what it was in


if __name__ == "__main__":
    sys.exit(main())
