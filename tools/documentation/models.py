"""The page of the reference that says which kinds there are, and where each is imported from."""

from __future__ import annotations

import pkgutil
from importlib import import_module
from typing import Any

from kubex.api import Api

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
        f"These are the resources of 1.35, each with its module below `{_VERSION}`, as in",
        f"`from {_VERSION}.apps.v1 import Deployment`; what they are made of (`PodSpec`, `Container`, …) is imported",
        "from the same modules. Each class names its page in the Kubernetes documentation, and so does each kind here.",
        "",
        "| kind | module | API version | scope | [accessors](accessors.md) |",
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
    package = model.__module__.rpartition(".")[0].removeprefix(f"{_VERSION}.")
    group_version = f"{config.group}/{config.version}" if config.group else config.version
    accessors = ", ".join(f"`{name}`" for name in _accessors(model))
    page = (model.__doc__ or "").rstrip().rpartition("\n")[2].strip()
    kind = f"[`{model.__name__}`]({page})" if page.startswith("https://") else f"`{model.__name__}`"
    module, api_version = _broken_after(".", package), _broken_after("/", group_version)
    return f"| {kind} | {module} | {api_version} | {config.scope.value} | {accessors} |"


def _accessors(model: type[Any]) -> list[str]:
    """Give the attributes of an `Api` of a class that those of other classes may lack."""
    markers: dict[str, type[Any] | None] = {name: getattr(each, "_marker", None) for name, each in vars(Api).items()}
    return [name for name, marker in markers.items() if marker and issubclass(model, marker)]


def _broken_after(sign: str, name: str) -> str:
    """Write a name as code that may go on in the next line after a sign, where a column is narrow."""
    return f"<code>{name.replace(sign, f'{sign}<wbr>')}</code>"
