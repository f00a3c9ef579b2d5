"""Command line: `python -m tools.specs 1.35.4` keeps that release's document, messages and roles as `v1_35.json.gz`.

The Go command downloads the modules, the first time.
"""

from __future__ import annotations

import argparse
import gzip
import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tools.codegen.document import read_document, store_document
from tools.specs.default_policy import default_policy
from tools.specs.enrichment import add_defaults, add_empty_values, order_properties
from tools.specs.go_types import GoTypes
from tools.specs.protobuf_messages import message_tables

SPECS = Path(__file__).parents[2] / "src" / "kubex" / "testing" / "specs"
MESSAGES = SPECS / "protobuf"
POLICIES = SPECS / "rbac"

_LIBRARIES = ("api", "apimachinery", "apiextensions-apiserver", "kube-aggregator")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and give its exit code."""
    parser = argparse.ArgumentParser(prog="python -m tools.specs", description=__doc__)
    parser.add_argument("versions", metavar="X.Y.Z", nargs="+", help="release of Kubernetes")
    for version in parser.parse_args(arguments).versions:
        _keep(version)
    return 0


def _keep(version: str) -> None:
    major, minor, _ = version.split(".")
    modules = [f"k8s.io/kubernetes@v{version}", *(f"k8s.io/{name}@v0{version[1:]}" for name in _LIBRARIES)]
    kubernetes, *libraries = _downloaded(modules)
    published = kubernetes / "api" / "openapi-spec"
    document = read_document(str(published / "swagger.json"))
    add_defaults(document, published / "v3")
    types = GoTypes(_packages(dict(zip(_LIBRARIES, libraries, strict=True))))
    files = [path for library in libraries for path in sorted(library.rglob("generated.proto"))]
    messages = message_tables(document, files, types)
    unknown = add_empty_values(document, types)
    order_properties(document, types)
    path = SPECS / f"v{major}_{minor}.json.gz"
    store_document(document, path, version)
    policy = default_policy(kubernetes)
    _pack(messages, MESSAGES / path.name)
    _pack(policy, POLICIES / path.name)
    counts = f"{len(document['definitions'])} definitions, {len(messages['messages'])} messages, {len(policy)} roles"
    print(f"kept {path.name}: {counts}; no Go type of {', '.join(unknown) or 'none'}")


def _pack(value: object, path: Path) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(gzip.compress(json.dumps(value, separators=(",", ":")).encode(), 9, mtime=0))


def _downloaded(modules: list[str]) -> list[Path]:
    """Give the modules' folders, in their order."""
    answer = subprocess.run(["go", "mod", "download", "-json", *modules], stdout=subprocess.PIPE, text=True, check=True)
    decoder = json.JSONDecoder()
    folders: dict[str, Path] = {}
    rest = answer.stdout.strip()
    while rest:
        module, end = decoder.raw_decode(rest)
        folders[f"{module['Path']}@{module['Version']}"] = Path(module["Dir"])
        rest = rest[end:].strip()
    return [folders[module] for module in modules]


def _packages(modules: dict[str, Path]) -> dict[str, Path]:
    """Give the Go packages by the prefix of their types' names in OpenAPI."""
    packages = {
        f"io.k8s.api.{group.name}.{version.name}": version
        for group in sorted(modules["api"].iterdir())
        if group.is_dir()
        for version in sorted(group.iterdir())
        if version.is_dir()
    }
    for module, path in (
        ("apimachinery", "pkg.apis.meta.v1"),
        ("apimachinery", "pkg.version"),
        ("apiextensions-apiserver", "pkg.apis.apiextensions.v1"),
        ("kube-aggregator", "pkg.apis.apiregistration.v1"),
    ):
        packages[f"io.k8s.{module}.{path}"] = modules[module].joinpath(*path.split("."))
    return packages


if __name__ == "__main__":
    sys.exit(main())
