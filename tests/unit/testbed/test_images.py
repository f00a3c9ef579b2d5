"""Images that hold static busybox alone."""

from __future__ import annotations

import hashlib
import json
import tarfile
from pathlib import Path
from typing import Any

from testbed.images import write_images


def content(archive: tarfile.TarFile, name: str) -> bytes:
    file = archive.extractfile(name)
    assert file is not None
    return file.read()


def test_archives_that_a_runtime_can_import(tmp_path: Path) -> None:
    busybox = tmp_path / "busybox"
    busybox.write_bytes(b"an executable")
    archives = write_images(tmp_path, busybox)
    tags: list[str] = []
    for path in archives:
        with tarfile.open(path) as archive:
            (manifest,) = json.loads(content(archive, "manifest.json"))
            tags += manifest["RepoTags"]
            raw = content(archive, manifest["Config"])
            config: dict[str, Any] = json.loads(raw)
            layer = content(archive, manifest["Layers"][0])
        assert manifest["Config"] == f"{hashlib.sha256(raw).hexdigest()}.json"
        assert config["rootfs"]["diff_ids"] == [f"sha256:{hashlib.sha256(layer).hexdigest()}"]
    assert tags == ["localhost/busybox:1", "localhost/pause:1"]


def test_the_layer(tmp_path: Path) -> None:
    busybox = tmp_path / "busybox"
    busybox.write_bytes(b"an executable")
    archive, _ = write_images(tmp_path, busybox)
    with tarfile.open(archive) as outer:
        layer = tmp_path / "layer.tar"
        layer.write_bytes(content(outer, "layer.tar"))
    with tarfile.open(layer) as inner:
        assert content(inner, "bin/busybox") == b"an executable"
        assert inner.getmember("bin/busybox").mode == 0o755
        assert inner.getmember("bin/sh").linkname == "busybox"
        assert inner.getmember("tmp").isdir()
