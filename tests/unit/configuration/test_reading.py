"""Reading kubeconfig files: which, what their paths are relative to, and what the errors name."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, cast

import pytest
import yaml
from hypothesis import HealthCheck, given, settings

from kubex.configuration.reading import default_kubeconfig_paths, read_kubeconfig, read_kubeconfigs
from kubex.core.exceptions import ConfigurationError
from tests.unit.configuration.documents import document, documents, write


def test_default_is_the_home_folder(home: Path) -> None:
    assert default_kubeconfig_paths() == [home / ".kube" / "config"]


@pytest.mark.parametrize(
    ("variable", "paths"),
    [
        ("", ["HOME/.kube/config"]),
        ("/a", ["/a"]),
        (os.pathsep.join(["/a", "b/c", "", "/a", "/d"]), ["/a", "b/c", "/d"]),
        (os.pathsep, []),
        ("~/other", ["HOME/other"]),
    ],
)
def test_kubeconfig_variable(variable: str, paths: list[str], home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KUBECONFIG", variable)
    assert default_kubeconfig_paths() == [Path(path.replace("HOME", str(home))) for path in paths]


def test_no_home_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    def homeless(path: Path) -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "expanduser", homeless)
    assert default_kubeconfig_paths() == []
    with pytest.raises(ConfigurationError, match="kubeconfig nowhere/config does not exist"):
        read_kubeconfig("nowhere/config")


RELATIVE = document(
    cluster={"certificate-authority": "ca.crt"},
    user={
        "client-certificate": "./pki/../cert",
        "client-key": "/etc/key",
        "tokenFile": "../token",
        "exec": {"command": "bin/plugin"},
    },
)


@pytest.mark.parametrize("how", ["absolute", "relative", "beside"])
def test_paths_are_relative_to_their_file(how: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = write(tmp_path / "folder" / "config", RELATIVE)
    monkeypatch.chdir(tmp_path / "folder" if how == "beside" else tmp_path)
    path = {"absolute": file, "relative": Path("folder/config"), "beside": Path("config")}[how]
    config = read_kubeconfig(path)
    user = config.users[0].user
    assert config.clusters[0].cluster.certificate_authority == str(tmp_path / "folder" / "ca.crt")
    assert user.client_certificate == str(tmp_path / "folder" / "cert")
    assert user.client_key == "/etc/key"
    assert user.token_file == str(tmp_path / "token")
    assert user.exec is not None
    assert user.exec.command == str(tmp_path / "folder" / "bin" / "plugin")


@pytest.mark.parametrize("command", ["aws", "/usr/bin/aws"])
def test_a_command_without_a_folder_is_looked_for_in_path(command: str, tmp_path: Path) -> None:
    config = read_kubeconfig(write(tmp_path / "config", document(user={"exec": {"command": command}})))
    assert config.users[0].user.exec is not None
    assert config.users[0].user.exec.command == command


def test_origins(tmp_path: Path) -> None:
    one, two = write(tmp_path / "one", document()), write(tmp_path / "two", {"clusters": [{"name": "d"}]})
    config = read_kubeconfigs([one, tmp_path / "missing", two])
    assert config.files == (one, two)
    assert [entry.origin for entry in config.clusters] == [one, two]
    assert [entry.origin for entry in (*config.users, *config.contexts)] == [one, one]


@pytest.mark.parametrize("content", ["", "\n", "# nothing\n", "---\n", "null\n", "{}"])
def test_empty_files(content: str, tmp_path: Path) -> None:
    file = write(tmp_path / "config", content)
    assert read_kubeconfig(file).model_dump(exclude_defaults=True) == {}
    assert read_kubeconfigs([file]).files == (file,)


def test_json_with_tabs(tmp_path: Path) -> None:
    file = write(tmp_path / "config", json.dumps(document(), indent="\t"))
    assert read_kubeconfig(file).current_context == "dev"


def test_several_files_of_which_none_exists(tmp_path: Path) -> None:
    assert read_kubeconfigs([tmp_path / "a", tmp_path / "b"]).files == ()
    assert read_kubeconfigs([]).files == ()


WRONG: list[tuple[object, str]] = [
    ("a: 1\n b: hunter2", r"~/config is not YAML \(line 2, column 3\): mapping values are not allowed"),
    ("token: !hunter2 x", r"~/config has a YAML tag \(line 1, column 8\): quote the value if it is text"),
    ("hunter2", "~/config is not a kubeconfig: it holds no mapping of keys to values"),
    ("[hunter2]", "~/config is not a kubeconfig: it holds no mapping of keys to values"),
    ({"kind": "hunter2"}, r"~/config is not a kubeconfig: kind: Input should be that of a kubeconfig \(v1, Config\)"),
    ({"apiVersion": "v2"}, "~/config is not a kubeconfig: apiVersion: "),
    ({"clusters": {"hunter2": {}}}, "clusters: Input should be a valid list"),
    (
        document(user={"token": 123456}),
        r"~/config is not a kubeconfig: users\[0\]\.user\.token: Input should be a valid string",
    ),
    (document(user={"exec": {"command": ["hunter2"]}}), r": users\[0\]\.user\.exec\.command: Input should be"),
    (
        document(user={"exec": {"command": "x", "interactiveMode": "hunter2"}}),
        r"exec\.interactiveMode: .*'IfAvailable'",
    ),
    (document(cluster={"server": {"hunter2": 1}}), r": clusters\[0\]\.cluster\.server: Input should be a valid string"),
    (document(users=[{"name": "u"}, {"name": "u"}]), 'users: Two entries are named "u"'),
    (
        document(users=[{"name": "u", "user": {"as-user-extra": {"a": "hunter2"}}}]),
        r"as-user-extra\.a: Input should be",
    ),
    ({"users": [{"user": {"token": "hunter2"}}]}, r"users\[0\]\.name: Field required"),
    ({"clusters": [{"name": "hunter2", "cluster": {"server": n}} for n in range(9)]}, r"(clusters\[\d\].*; ){5}…$"),
    ({1: 2, "token": "hunter2"}, "Keys should be strings"),
]


@pytest.mark.parametrize(("content", "problem"), WRONG)
def test_errors_name_file_and_key_and_no_value(content: object, problem: str, home: Path) -> None:
    file = write(home / "config", content)
    with pytest.raises(ConfigurationError, match=problem) as raised:
        read_kubeconfig(file)
    error: BaseException | None = raised.value
    while error is not None:
        assert "hunter2" not in str(error)
        assert "123456" not in str(error)
        error = error.__cause__ or error.__context__


def test_missing_file(home: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"^kubeconfig ~/nowhere does not exist$"):
        read_kubeconfig(home / "nowhere")
    with pytest.raises(ConfigurationError, match=r"^kubeconfig ~/nowhere does not exist$"):
        read_kubeconfig("~/nowhere")


def test_a_folder(home: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"kubeconfig ~/\.kube is not an ordinary file"):
        (home / ".kube").mkdir()
        read_kubeconfig(home / ".kube")


def test_a_file_where_a_folder_should_be(home: Path) -> None:
    write(home / "config", "")
    with pytest.raises(ConfigurationError, match="kubeconfig ~/config/x can't be read: Not a directory"):
        read_kubeconfigs([home / "config" / "x"])


def test_a_file_that_may_not_be_read(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = write(home / "config", "")

    def denied(path: object) -> os.stat_result:
        raise PermissionError(13, "Permission denied", str(file))

    monkeypatch.setattr("kubex.configuration._files.os.stat", denied)
    with pytest.raises(ConfigurationError, match=r"^kubeconfig ~/config can't be read: Permission denied$"):
        read_kubeconfigs([file])


def test_a_name_with_a_null_character() -> None:
    with pytest.raises(ConfigurationError, match="can't be read: its name has a null character"):
        read_kubeconfig("con\0fig")


def test_a_file_far_too_large(tmp_path: Path) -> None:
    file = tmp_path / "config"
    with file.open("wb") as content:
        content.truncate((16 << 20) + 1)
    with pytest.raises(ConfigurationError, match="larger than 16777216 bytes"):
        read_kubeconfig(file)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(documents)
def test_unknown_keys_survive(tmp_path: Path, content: dict[str, Any]) -> None:
    config = read_kubeconfig(write(tmp_path / "config", content))
    dumped = config.model_dump(by_alias=True, exclude_unset=True, mode="json")
    again = read_kubeconfig(write(tmp_path / "again", yaml.safe_dump(dumped)))
    assert again.model_dump() == config.model_dump()
    assert _without_paths(dumped) == _without_paths(content)


def _without_paths(content: object) -> object:
    """Give a kubeconfig without what reading makes absolute."""
    if isinstance(content, dict):
        paths = ("certificate-authority", "client-certificate", "client-key", "tokenFile", "command")
        items = cast("dict[str, object]", content).items()
        return {key: _without_paths(value) for key, value in items if key not in paths}
    return [_without_paths(item) for item in cast("list[object]", content)] if isinstance(content, list) else content
