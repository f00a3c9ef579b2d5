"""No test here sees the home folder, the kubeconfig or the pod of whoever runs it."""

from __future__ import annotations

from pathlib import Path

import pytest

from kubex.configuration import incluster_config


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home folder; no KUBECONFIG, and no service account."""
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("USERPROFILE", str(home))
    for variable in ("KUBECONFIG", "KUBERNETES_SERVICE_HOST", "KUBERNETES_SERVICE_PORT"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setattr(incluster_config, "SERVICE_ACCOUNT_FOLDER", tmp_path / "serviceaccount")
    return home
