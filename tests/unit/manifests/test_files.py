"""One reader of files for manifests and definitions: links, bounds, and errors that name the file."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

import pytest

from kubex.generate import DefinitionError, generate
from kubex.manifests import files
from kubex.manifests.documents import read_manifests
from kubex.manifests.errors import ManifestError
from kubex.manifests.files import documents_of, files_in, read_open_file, read_path

OBJECT = "kind: A\n"


def written(path: Path, text: str = OBJECT) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_links_are_followed_and_lead_nowhere_twice(tmp_path: Path) -> None:
    written(tmp_path / "elsewhere" / "a.yaml")
    written(tmp_path / "elsewhere" / "hidden" / "b.yaml")
    folder = tmp_path / "folder"
    written(folder / "c.json", '{"kind": "A"}')
    (folder / "again").symlink_to(folder)
    (folder / "linked").symlink_to(tmp_path / "elsewhere")
    (folder / "once-more").symlink_to(tmp_path / "elsewhere" / "hidden")
    (folder / "one.yaml").symlink_to(tmp_path / "elsewhere" / "a.yaml")
    found = [str(path.relative_to(folder)) for path in files_in(folder, recursive=True)]
    assert found == ["c.json", "linked/a.yaml", "linked/hidden/b.yaml", "one.yaml"]
    assert files_in(folder, recursive=False) == [folder / "c.json", folder / "one.yaml"]
    (tmp_path / "link").symlink_to(folder)
    assert len(read_path(tmp_path / "link")) == 4


def test_what_is_there_and_can_not_be_read_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "broken.yaml").symlink_to(tmp_path / "nowhere")
    with pytest.raises(ManifestError, match=r"file .*broken\.yaml does not exist"):
        read_path(tmp_path)
    (tmp_path / "broken.yaml").unlink()
    os.mkfifo(tmp_path / "pipe.yaml")
    with pytest.raises(ManifestError, match=r"pipe\.yaml is not an ordinary file"):
        read_path(tmp_path)

    def refuse(path: Path) -> Any:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "iterdir", refuse)  # root may read every folder
    with pytest.raises(ManifestError, match=r"folder .* can't be read: Permission denied"):
        read_path(tmp_path)


class Directory(io.BytesIO):
    """Standard input that is a directory, as `kubex apply -f - < folder` has it."""

    def read(self, size: int | None = -1, /) -> bytes:
        raise IsADirectoryError(21, "Is a directory")


@pytest.mark.parametrize(
    ("file", "problem"),
    [
        (lambda: io.BytesIO(OBJECT.encode() * 20), "the file is larger than 100 bytes"),
        (lambda: io.StringIO(OBJECT * 20), "the file is larger than 100 bytes"),
        (Directory, "the file can't be read: Is a directory"),
        (lambda: io.TextIOWrapper(io.BytesIO(b"\xff"), encoding="ascii"), "the file is not text in ascii"),
        (lambda: io.StringIO("a: \udcff"), "the file is not YAML: it has characters that no text file has"),
    ],
)
def test_open_files_that_can_not_be_read(
    monkeypatch: pytest.MonkeyPatch, file: Callable[[], IO[Any]], problem: str
) -> None:
    monkeypatch.setattr(files, "_LARGEST", 100)
    with pytest.raises(ManifestError, match=problem):
        read_open_file(file(), "the file")
    with pytest.raises(DefinitionError, match=problem):
        generate(file())


def test_files_have_a_bound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "_LARGEST", 100)
    large = written(tmp_path / "large.yaml", OBJECT * 20)
    with pytest.raises(ManifestError, match=r"large\.yaml is larger than 100 bytes"):
        read_manifests(large)
    with pytest.raises(DefinitionError, match=r"large\.yaml is larger than 100 bytes"):
        generate(large)


def test_open_files_are_called_by_their_names(tmp_path: Path) -> None:
    with written(tmp_path / "a.yaml").open() as file:
        assert [each.source for each in read_open_file(file, "the file")] == [f"{tmp_path}/a.yaml"]
    unnamed = io.StringIO(OBJECT)
    unnamed.name = 3  # as os.fdopen has it
    assert [each.source for each in read_open_file(unnamed, "the file")] == ["the file"]
    unnamed = io.StringIO(OBJECT)
    unnamed.name = "<stdin>"
    assert [each.source for each in read_open_file(unnamed, "the file")] == ["standard input"]


def test_a_file_of_one_object_is_its_place() -> None:
    assert [each.source for each in documents_of("---\nkind: A\n---\n", "f")] == ["f"]
    assert [each.source for each in documents_of("kind: A\n---\n---\nkind: B", "f")] == [
        "f, document 1",
        "f, document 3",
    ]
