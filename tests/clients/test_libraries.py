"""Client libraries against the server under test: programs that do what the documentation of each teaches."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.clients.kubectl import shell

pytestmark = pytest.mark.timeout(300)  # the first test may have to make the environment
PROGRAMS = sorted((Path(__file__).parent / "programs").glob("with_*.py"))
LIBRARIES = [path.stem.removeprefix("with_") for path in PROGRAMS]


@pytest.mark.parametrize("program", PROGRAMS, ids=LIBRARIES)
def test_a_library_does_what_its_documentation_teaches(program: Path, secure_kubeconfig: Path, tmp_path: Path) -> None:
    with shell(secure_kubeconfig, tmp_path) as commands:
        commands.must(f"python '{program}'")


@pytest.mark.skipif(os.environ.get("KUBEX_TEST_SERVER") != "memory", reason="a real server is reached with TLS alone")
@pytest.mark.parametrize("program", PROGRAMS, ids=LIBRARIES)
def test_a_library_does_without_tls(program: Path, kubeconfig: Path, tmp_path: Path) -> None:
    with shell(kubeconfig, tmp_path) as commands:
        commands.must(f"python '{program}'")
