"""`kubex diff`: what applying manifests would change."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final

import anyio
import msgspec

from kubex.cli.apply import FieldManagerOption, ForceOption, failure
from kubex.cli.connection import ContextOption, KubeconfigOption, NamespaceOption, connect
from kubex.cli.manifests import FilesOption, RecursiveOption, given_manifests
from kubex.cli.output import FormOption, complain, print_diff, print_values
from kubex.core.diff import diff as difference_of
from kubex.core.patch import JsonPatch
from kubex.manifests import AppliedManifest, AppliedManifests, Manifest, Outcome, apply_manifests, dump_manifests
from kubex.manifests.objects import plain
from kubex_core.models.dynamic_object import DynamicObject

__all__ = ["TROUBLE", "diff"]

TROUBLE: Final = 2
"""Exit code of a comparison that failed; 1 says that something differs."""

# What a write changes of any object, and what the server makes up for a new one.
_ALWAYS: Final = ("managedFields", "resourceVersion", "generation")
_LAST_APPLIED: Final = "kubectl.kubernetes.io/last-applied-configuration"
_OF_NEW: Final = ("uid", "creationTimestamp")


def diff(
    filename: FilesOption,
    recursive: RecursiveOption = False,
    namespace: NamespaceOption = None,
    field_manager: FieldManagerOption = "kubex",
    force_conflicts: ForceOption = False,
    output: FormOption = None,
    kubeconfig: KubeconfigOption = None,
    context: ContextOption = None,
) -> int:
    """Compare what the cluster has with what it would have if the manifests were applied.

    The server tries each object, with its defaults and admission, and keeps nothing. The exit code is 0 where nothing
    differs, 1 where something does, and 2 where that can't be told. What is secret in a Secret is not shown.
    """
    manifests = given_manifests(filename, recursive=recursive, command="diff")
    options: dict[str, Any] = {"field_manager": field_manager, "force": force_conflicts or None, "dry_run": True}
    results = anyio.run(partial(_try, manifests, options, kubeconfig, context, namespace))
    differences = [_difference(each) for each in results]
    if output is not None:
        told = zip(results, differences, strict=True)
        print_values([_summary(each) for each, text in told if text or each.error is not None], output)
    else:
        print_diff("".join(differences))
    for each in results.failed:
        complain(failure(each))
    if results.failed:
        return TROUBLE
    return 1 if any(differences) else 0


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
    """Give a unified difference of an object's YAML, empty where applying would change nothing."""
    if result.object is None or result.outcome is Outcome.UNCHANGED:
        return ""
    name = f"{result.api_version}/{result.kind}/{result.namespace or ''}/{result.name}".replace("//", "/")
    before, after = (dump_manifests([each] if each else []).splitlines(keepends=True) for each in _compared(result))
    return "".join(difflib.unified_diff(before, after, f"live/{name}", f"applied/{name}"))


def _summary(result: AppliedManifest) -> dict[str, Any]:
    """Give a difference for a program: the object, and the JSON patch that an apply amounts to, or why it fails."""
    before, after = _compared(result)
    summary: dict[str, Any] = {
        "apiVersion": result.api_version,
        "kind": result.kind,
        "name": result.name,
        "namespace": result.namespace,
        "outcome": result.outcome.value,
        "error": None if result.error is None else str(result.error),
        "patch": None
        if result.error is not None
        else msgspec.json.decode(difference_of(before, after, JsonPatch).encode()),
    }
    return {name: value for name, value in summary.items() if value is not None}


def _compared(result: AppliedManifest) -> tuple[dict[str, Any], dict[str, Any]]:
    """Give the object as it is and as it would be, `{}` where it is not there, without what says nothing."""
    before, after = _content(result.before, _ALWAYS), _content(result.object, _ALWAYS)
    if result.before is None:
        after = _content(result.object, (*_ALWAYS, *_OF_NEW))
    if (result.api_version, result.kind) == ("v1", "Secret"):
        _hide(before, after)
    return before, after


def _content(object_: DynamicObject | None, without: Sequence[str]) -> dict[str, Any]:
    if object_ is None:
        return {}
    value = plain(object_)
    for key in without:
        value["metadata"].pop(key, None)
    return value


def _hide(before: dict[str, Any], after: dict[str, Any]) -> None:
    """Put asterisks in place of what is secret; they tell whether it changes."""
    old: dict[str, Any] = before.get("data") or {}
    new: dict[str, Any] = after.get("data") or {}
    changing = {name for name in old.keys() & new.keys() if old[name] != new[name]}
    for values, when in ((old, "before"), (new, "after")):
        for name in values:
            values[name] = f"*** ({when})" if name in changing else "***"
    for value in (before, after):
        # kubectl's copy of all that was applied.
        annotations: dict[str, Any] = value.get("metadata", {}).get("annotations") or {}
        if _LAST_APPLIED in annotations:
            annotations[_LAST_APPLIED] = "***"
