"""The page of the reference that says which kinds there are, and where each is imported from."""

from __future__ import annotations

import pkgutil
from importlib import import_module
from typing import Any

__all__ = ("MODELS_PAGE", "models_markdown")

MODELS_PAGE = "reference/models.md"
_VERSION = "kubex.k8s.v1_35"


def models_markdown() -> str:
    """Write the page: a table of all resources of one Kubernetes version."""
    lines = [
        "---",
        "hide: [toc]",
        "---",
        "",
        "# Models of Kubernetes",
        "",
        "Generated from each release's OpenAPI document: `kubex.k8s.v1_32` to `kubex.k8s.v1_37`, with the same layout.",
        "These are the resources of 1.35; what they are made of (`PodSpec`, `Container`, …) is imported from the same",
        "modules. Each class names its page in the Kubernetes documentation, and so does each kind here.",
        "",
        "| kind | import | API version | scope | subresources |",
        "|---|---|---|---|---|",
    ]
    return "\n".join([*lines, *(_row(each) for each in _resources()), ""])


def _resources() -> list[type[Any]]:
    found: dict[str, type[Any]] = {}
    for info in pkgutil.walk_packages(import_module(_VERSION).__path__, f"{_VERSION}."):
        if not info.ispkg:
            module = import_module(info.name)
            for name in module.__all__:
                value = getattr(module, name)
                if isinstance(value, type) and "__RESOURCE_CONFIG__" in vars(value):
                    found[f"{name} {info.name}"] = value
    return [found[key] for key in sorted(found)]


def _row(model: type[Any]) -> str:
    config = model.__RESOURCE_CONFIG__
    package = model.__module__.rpartition(".")[0]
    group_version = f"{config.group}/{config.version}" if config.group else config.version
    markers = [base.__name__ for base in model.__mro__ if base.__module__ == "kubex_core.models.interfaces"]
    subresources = ", ".join(f"`{name}`" for name in markers if name.startswith("Has") or name == "Evictable")
    page = (model.__doc__ or "").rstrip().rpartition("\n")[2].strip()
    kind = f"[`{model.__name__}`]({page})" if page.startswith("https://") else f"`{model.__name__}`"
    return f"| {kind} | `{package}` | `{group_version}` | {config.scope.value} | {subresources} |"
