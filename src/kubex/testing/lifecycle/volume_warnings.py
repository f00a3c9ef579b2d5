"""What the server warns about in the volumes of pods: kinds that do nothing any more, files in each other's place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple, TypeAlias

from kubex.core._go_text import go_quoted
from kubex.testing.lifecycle.fraction_warnings import claim_warnings
from kubex.testing.lifecycle.json_members import list_at, object_at

__all__ = ["LATER_OLD_KINDS", "OLD_KINDS", "volume_warnings"]

_Object: TypeAlias = Mapping[str, Any]

# In the order of the server's own checks, with the name that it gives them.
OLD_KINDS: Final = (
    ("photonPersistentDisk", "photonPersistentDisk", "deprecated in v1.11, non-functional in v1.16+"),
    ("gitRepo", "gitRepo", "deprecated in v1.11, and disabled by default in v1.33+"),
    ("scaleIO", "scaleIO", "deprecated in v1.16, non-functional in v1.22+"),
    ("flocker", "flocker", "deprecated in v1.22, non-functional in v1.25+"),
    ("storageos", "storageOS", "deprecated in v1.22, non-functional in v1.25+"),
    ("quobyte", "quobyte", "deprecated in v1.22, non-functional in v1.25+"),
    ("glusterfs", "glusterfs", "deprecated in v1.25, non-functional in v1.26+"),
)
LATER_OLD_KINDS: Final = (
    ("cephfs", "cephfs", "deprecated in v1.28, non-functional in v1.31+"),
    ("rbd", "rbd", "deprecated in v1.28, non-functional in v1.31+"),
)


class _File(NamedTuple):
    """Where a file is in a volume, and what it comes from."""

    path: str
    source: str

    def __str__(self) -> str:
        return f"{go_quoted(self.path)} ({self.source})" if self.source else go_quoted(self.path)


def volume_warnings(volumes: Sequence[_Object], where: str) -> Iterator[str]:
    """Give the texts of warnings about the volumes of a pod.

    Args:
        volumes: the volumes.
        where: their path.
    """
    for index, volume in enumerate(volumes):
        field = f"{where}[{index}]"
        yield from (f"{field}.{name}: {why}" for kind, name, why in OLD_KINDS if volume.get(kind) is not None)
        claim = object_at(object_at(volume, "ephemeral"), "volumeClaimTemplate")
        if claim:
            yield from claim_warnings(object_at(claim, "spec"), f"{field}.ephemeral.volumeClaimTemplate.spec")
        yield from (f"{field}.{name}: {why}" for kind, name, why in LATER_OLD_KINDS if volume.get(kind) is not None)
    for volume in volumes:
        yield from _overlap_warnings(volume)


def _overlap_warnings(volume: _Object) -> Iterator[str]:
    """Warn of files of a volume that are in one place, or one of them in the place of a folder."""
    first = f"volume {go_quoted(volume.get('name', ''))}"
    for kind, member, shown in (("configMap", "name", "ConfigMap"), ("secret", "secretName", "Secret")):
        source = object_at(volume, kind)
        if source.get("items"):
            what = f"{shown} {go_quoted(source.get(member, ''))}"
            yield from _collisions(_files(source, ""), f"{first} ({what})", [])
    yield from _collisions(_files(object_at(volume, "downwardAPI"), ""), f"{first} (DownwardAPI)", [])
    seen: list[_File] = []
    for source in list_at(object_at(volume, "projected"), "sources"):
        if all(part is None for part in source.values()):
            yield f"{first} (Projected) has no sources provided"
        yield from _collisions(_projected_files(source), f"{first} (Projected)", seen)


def _files(source: _Object, shown: str) -> list[_File]:
    return [_File(item.get("path", ""), shown) for item in list_at(source, "items")]


def _projected_files(source: _Object) -> list[_File]:
    """Give the files of one source of a projected volume: of the first that it has."""
    for kind, shown in (("configMap", "ConfigMap"), ("secret", "Secret")):
        if object_at(source, kind).get("items"):
            return _files(source[kind], f"{shown} {go_quoted(source[kind].get('name', ''))}")
    if object_at(source, "downwardAPI").get("items"):
        return _files(source["downwardAPI"], "DownwardAPI")
    if source.get("serviceAccountToken") is not None:
        return [_File(source["serviceAccountToken"].get("path", ""), "ServiceAccountToken")]
    bundle = source.get("clusterTrustBundle")
    if bundle is not None:
        name = bundle["name"] if bundle.get("name") is not None else bundle.get("signerName", "")
        return [_File(bundle.get("path", ""), f"ClusterTrustBundle {go_quoted(name)}")]
    certificate = object_at(source, "podCertificate")
    parts = (
        ("certificateChainPath", "chain"),
        ("keyPath", "key"),
        ("credentialBundlePath", "credential bundle"),
    )
    return [_File(certificate[name], f"PodCertificate {what}") for name, what in parts if certificate.get(name)]


def _collisions(files: Sequence[_File], first: str, seen: list[_File]) -> Iterator[str]:
    """Warn of files in the place of those that were seen before, to which they are added."""
    for file in files:
        own = _File(file.path.rstrip("/"), file.source)
        for other in seen if own.path else ():
            one, two = f"{own.path}/", f"{other.path}/"
            if other.path and (one.startswith(two) or two.startswith(one)):
                yield f"{first}: overlapping paths: {own} with {other}"
        seen.append(own)
