"""Command line of the generator: `python -m tools.codegen`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from tools.codegen.document import DocumentError, ServerAccess, read_document
from tools.codegen.generate import generate
from tools.codegen.openapi_v2 import read_api
from tools.codegen.output import differing_files, write_files

SPECS = Path(__file__).parents[2] / "src" / "kubex" / "testing" / "specs"
"""The documents of Kubernetes' releases; `python -m tools.specs` puts them there."""
MODELS = Path(__file__).parents[2] / "src" / "kubex" / "k8s"
VERSIONS = tuple(sorted(path.name.removesuffix(".json.gz") for path in SPECS.glob("v1_*.json.gz")))
"""Those that there are models of: all whose documents are kept."""

DESCRIPTION = """\
Generate kubex's Kubernetes models.

Without --spec: from the documents in src/kubex/testing/specs, v1_35.json.gz into src/kubex/k8s/v1_35, and so on.
With --spec: from one file, or from a server's /openapi/v2, into --output. A cluster that only kubectl reaches:
`kubectl get --raw /openapi/v2 > openapi.json`.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and give its exit code: 1 where --check found a difference, 2 where nothing could be done."""
    options = _parser().parse_args(arguments)
    try:
        return max([_run(spec, output, options) for spec, output in _jobs(options)], default=0)
    except DocumentError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tools.codegen",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--spec", metavar="FILE_OR_URL", help="an OpenAPI v2 document, gzipped or not")
    parser.add_argument("--output", metavar="FOLDER", type=Path, help="folder of the package, its last part the name")
    parser.add_argument("--package", help="dotted name of the package; from the folder below src/ if left out")
    parser.add_argument("--kubernetes-version", metavar="X.Y.Z", help="if the document does not say it")
    parser.add_argument("--check", action="store_true", help="write nothing; list files that differ and exit with 1")
    access = parser.add_argument_group("access to a server")
    access.add_argument("--ca-file", type=Path, help="certificates to verify the server's by")
    access.add_argument("--client-cert-file", type=Path)
    access.add_argument("--client-key-file", type=Path)
    access.add_argument("--token-file", type=Path, help="holds a bearer token")
    return parser


def _access(options: argparse.Namespace) -> ServerAccess:
    return ServerAccess(options.ca_file, options.client_cert_file, options.client_key_file, options.token_file)


def _jobs(options: argparse.Namespace) -> list[tuple[str, Path]]:
    """Give pairs of a document and the folder its models go to."""
    if options.spec is None:
        return [(str(SPECS / f"{version}.json.gz"), MODELS / version) for version in VERSIONS]
    if options.output is None:
        raise DocumentError("--spec needs --output")
    return [(options.spec, options.output)]


def _run(spec: str, output: Path, options: argparse.Namespace) -> int:
    api = read_api(read_document(spec, _access(options)), options.kubernetes_version)
    files = generate(api, options.package or _package_of(output))
    if not options.check:
        changed = write_files(files, output)
        print(f"{output.name}: {len(api.definitions)} definitions in {len(files)} files, {len(changed)} changed")
        return 0
    differing = differing_files(files, output)
    for path in differing:
        print(f"{output / path} is not as generated: run `make models`", file=sys.stderr)
    return 1 if differing else 0


def _package_of(output: Path) -> str:
    parts = output.resolve().parts
    if "src" in parts:
        parts = parts[len(parts) - parts[::-1].index("src") :]
        return ".".join(parts)
    return output.resolve().name


if __name__ == "__main__":
    sys.exit(main())
