"""Reading kubeconfig files: which ones, what they say, and what the paths in them are relative to."""

from __future__ import annotations

import os
from pathlib import Path
from typing import cast

from pydantic import ValidationError

from kubex.configuration._files import displayed, is_there, read_bounded
from kubex.configuration._yaml import parse_yaml
from kubex.configuration.configuration import AuthInfo, Cluster, ExecConfig, KubeConfig
from kubex.configuration.merging import merge_kubeconfigs
from kubex.core.exceptions import ConfigurationError

__all__ = ["default_kubeconfig_paths", "read_kubeconfig", "read_kubeconfigs"]

_LARGEST = 16 << 20


def default_kubeconfig_paths() -> list[Path]:
    """Give the files kubectl would read: those that KUBECONFIG lists, each once, else `~/.kube/config`.

    The files need not exist. There are none where KUBECONFIG is not set and the home folder is not known.
    """
    listed = os.environ.get("KUBECONFIG", "")
    if listed:
        return [_expanded(path) for path in dict.fromkeys(listed.split(os.pathsep)) if path]
    try:
        return [Path.home() / ".kube" / "config"]
    except RuntimeError:  # no HOME, and no account of this user id: usual in containers
        return []


def read_kubeconfig(path: str | os.PathLike[str]) -> KubeConfig:
    """Read one kubeconfig file. Relative paths in it become absolute: they are relative to the file's own folder.

    Args:
        path: the file, YAML or JSON; an empty one is a kubeconfig with nothing in it.

    Raises:
        ConfigurationError: the file is missing or unreadable, not YAML (with line and column), or not a kubeconfig
            (with the key's path). No error has a value of the file in it.
    """
    path = _expanded(path)
    content = read_bounded(path, "kubeconfig", _LARGEST)
    config = _validated(parse_yaml(content, displayed(path)), displayed(path))
    folder = os.path.dirname(os.path.abspath(path))
    for cluster in config.clusters:
        _resolve_paths(cluster.cluster, ("certificate_authority",), folder)
    for user in config.users:
        _resolve_paths(user.user, ("client_certificate", "client_key", "token_file"), folder)
        if user.user.exec is not None and os.sep in user.user.exec.command:  # one without is looked for in PATH
            _resolve_paths(user.user.exec, ("command",), folder)
    return config.with_origin(path)


def read_kubeconfigs(paths: list[Path]) -> KubeConfig:
    """Read several kubeconfig files and merge them; those that don't exist are left out.

    Args:
        paths: the files, the one that goes before the others first.

    Raises:
        ConfigurationError: as of `read_kubeconfig`, but for missing files.
    """
    return merge_kubeconfigs(read_kubeconfig(path) for path in paths if is_there(path))


def _expanded(path: str | os.PathLike[str]) -> Path:
    try:
        return Path(path).expanduser()
    except RuntimeError:  # no home folder: then a tilde is an ordinary character
        return Path(path)


def _validated(document: object, shown: str) -> KubeConfig:
    if document is None:
        return KubeConfig()
    if not isinstance(document, dict):
        raise ConfigurationError(f"{shown} is not a kubeconfig: it holds no mapping of keys to values")
    try:
        return KubeConfig.model_validate(cast("dict[str, object]", document))
    except ValidationError as error:
        # Without their inputs: these hold the file's secrets.
        faults = error.errors(include_url=False, include_context=False, include_input=False)
    listed = "; ".join(f"{_key_path(fault['loc'])}: {fault['msg']}" for fault in faults[:5])
    raise ConfigurationError(f"{shown} is not a kubeconfig: {listed}{'; …' if len(faults) > 5 else ''}")


def _key_path(location: tuple[int | str, ...]) -> str:
    path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in location)
    return path.removeprefix(".") or "the whole"


def _resolve_paths(part: Cluster | AuthInfo | ExecConfig, keys: tuple[str, ...], folder: str) -> None:
    for key in keys:
        path = getattr(part, key)
        if path:
            setattr(part, key, os.path.normpath(os.path.join(folder, path)))
