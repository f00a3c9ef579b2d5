"""kubectl against the server under test: it writes what it wrote against a real one."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.clients.kubectl import shell
from tests.clients.transcripts import rewritten

pytestmark = pytest.mark.timeout(300)  # the first test may have to make the environment
FOLDER = Path(__file__).parent / "transcripts"
TRANSCRIPTS = sorted(FOLDER.glob("*.t"))
GUARDED = sorted((FOLDER / "guarded").glob("*.t"))


@pytest.mark.parametrize("path", TRANSCRIPTS, ids=lambda path: path.stem)
def test_kubectl_writes_what_it_writes_with_a_real_server(path: Path, kubeconfig: Path, tmp_path: Path) -> None:
    with shell(kubeconfig, tmp_path) as commands:
        assert rewritten(path, commands.answer) == path.read_text()


@pytest.mark.parametrize("path", GUARDED, ids=lambda path: path.stem)
def test_kubectl_of_users_with_roles(path: Path, guarded_kubeconfig: Path, tmp_path: Path) -> None:
    with shell(guarded_kubeconfig, tmp_path) as commands:
        assert rewritten(path, commands.answer) == path.read_text()
