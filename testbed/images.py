"""Container images made on the spot, since there is no registry: static busybox and nothing else."""

from __future__ import annotations

import hashlib
import io
import json
import platform
import tarfile
from pathlib import Path

__all__ = ("write_images",)

# A tag, and what its containers run by default. The kubelet keeps one pause container for each pod.
_IMAGES = {
    "localhost/busybox:1": ["/bin/sh"],
    "localhost/pause:1": ["/bin/sleep", "2147483647"],
}
_APPLETS = (
    *("[", "cat", "cut", "date", "dd", "echo", "env", "false", "grep", "head", "httpd", "id", "kill", "ls", "mkdir"),
    *("mkfifo", "nc", "printf", "ps", "rm", "sed", "seq", "sh", "sha256sum", "sleep", "sort", "stty", "tail", "tar"),
    *("test", "touch", "tr", "true", "uname", "wc", "wget", "yes"),
)
_ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}  # as Python, and as container images name them


def write_images(folder: Path, busybox: Path) -> list[Path]:
    """Write one archive for each image of the testbed and return their paths."""
    content = _layer(busybox.read_bytes())
    return [_archive(folder, tag, command, content) for tag, command in _IMAGES.items()]


def _archive(folder: Path, tag: str, command: list[str], content: bytes) -> Path:
    config = json.dumps(
        {
            "architecture": _ARCHITECTURES.get(platform.machine(), platform.machine()),
            "os": "linux",
            "config": {"Env": ["PATH=/bin"], "Cmd": command},
            "rootfs": {"type": "layers", "diff_ids": [f"sha256:{hashlib.sha256(content).hexdigest()}"]},
        }
    ).encode()
    config_name = f"{hashlib.sha256(config).hexdigest()}.json"
    manifest = json.dumps([{"Config": config_name, "RepoTags": [tag], "Layers": ["layer.tar"]}]).encode()
    path = folder / f"{tag.rpartition('/')[2].replace(':', '-')}.tar"
    with tarfile.open(path, "w") as archive:
        _add(archive, config_name, config)
        _add(archive, "layer.tar", content)
        _add(archive, "manifest.json", manifest)
    return path


def _layer(busybox: bytes) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for folder in ("bin", "tmp", "etc", "proc", "sys", "dev", "root"):
            entry = tarfile.TarInfo(folder)
            entry.type, entry.mode = tarfile.DIRTYPE, 0o755
            archive.addfile(entry)
        _add(archive, "bin/busybox", busybox, mode=0o755)
        for applet in _APPLETS:
            entry = tarfile.TarInfo(f"bin/{applet}")
            entry.type, entry.linkname = tarfile.SYMTYPE, "busybox"
            archive.addfile(entry)
        _add(archive, "etc/passwd", b"root:x:0:0:root:/root:/bin/sh\n")
    return buffer.getvalue()


def _add(archive: tarfile.TarFile, name: str, data: bytes, *, mode: int = 0o644) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = len(data), mode
    archive.addfile(entry, io.BytesIO(data))
