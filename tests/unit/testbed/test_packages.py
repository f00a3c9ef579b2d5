"""Packages that are installed where they are missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from testbed import packages


def test_standard_output_is_left_to_the_command_that_runs(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    installer = tmp_path / "apt-get"
    installer.write_text("#!/bin/sh\necho reading lists\n")
    installer.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setattr("os.geteuid", lambda: 0)
    packages.install_packages({"a-package": "a-command-that-nobody-has"})
    assert capfd.readouterr() == ("", "testbed: installing a-package\n")
