"""`kubex diff`: what applying manifests would change."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final

import anyio

from kubex.cli.apply import FieldManagerOption, ForceOption
from kubex.cli.connection import ContextOption, KubeconfigOption, NamespaceOption, connect
from kubex.cli.manifests import FilesOption, given_manifests
from kubex.cli.output import complain, print_diff
from kubex.manifests import AppliedManifest, AppliedManifests, Manifest, apply_manifests, dump_manifests
from kubex.manifests.objects import plain
from kubex_core.models.dynamic_object import DynamicObject

__all__ = ["TROUBLE", "diff"]

TROUBLE: Final = 2
"""Exit code of a comparison that failed; 1 says that something differs."""

# What a write changes of any object, and what the server makes up for a new one.
_ALWAYS: Final = ("managedFields", "resourceVersion", "generation")
_OF_NEW: Final = ("uid", "creationTimestamp")


def diff(
    filename: FilesOption,
    namespace: NamespaceOption = None,
    field_manager: FieldManagerOption = "kubex",
    force_conflicts: ForceOption = False,
    kubeconfig: KubeconfigOption = None,
    context: ContextOption = None,
) -> int:
    """Compare what the cluster has with what it would have if the manifests were applied.

    The server tries each object, with its defaults and admission, and keeps nothing. The exit code is 0 where nothing
    differs, 1 where something does, and 2 where that can't be told.
    """
    manifests = given_manifests(filename)
    options: dict[str, Any] = {"field_manager": field_manager, "force": force_conflicts or None, "dry_run": True}
    results = anyio.run(partial(_try, manifests, options, kubeconfig, context, namespace))
    difference = "".join(_difference(each) for each in results)
    print_diff(difference)
    for each in results.failed:
        complain(f"{each.source}: {each}" if each.source else str(each))
    if results.failed:
        return TROUBLE
    return 1 if difference else 0


async def _try(
    manifests: Sequence[Manifest],
    options: dict[str, Any],
    kubeconfig: Path | None,
    context: str | None,
    namespace: str | None,
) -> AppliedManifests:
    async with connect(kubeconfig, context, namespace) as connection:
        return await apply_manifests(connection.client, manifests, namespace=connection.namespace, **options)


def _difference(result: AppliedManifest) -> str:
    """Give a unified difference of an object's YAML, empty where there is none."""
    if result.object is None:
        return ""
    name = f"{result.api_version}/{result.kind}/{result.namespace or ''}/{result.name}".replace("//", "/")
    before = _text(result.before, is_new=False)
    after = _text(result.object, is_new=result.before is None)
    lines = difflib.unified_diff(
        before.splitlines(keepends=True), after.splitlines(keepends=True), f"live/{name}", f"applied/{name}"
    )
    return "".join(lines)


def _text(object_: DynamicObject | None, *, is_new: bool) -> str:
    if object_ is None:
        return ""
    value = plain(object_)
    for key in (*_ALWAYS, *(_OF_NEW if is_new else ())):
        value["metadata"].pop(key, None)
    return dump_manifests([value])
