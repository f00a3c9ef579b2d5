"""kubectl against the server under test: it writes what it wrote against a real one."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.clients.kubectl import shell
from tests.clients.transcripts import rewritten

pytestmark = pytest.mark.timeout(300)  # the first test may have to make the environment
TRANSCRIPTS = sorted((Path(__file__).parent / "transcripts").glob("*.t"))


@pytest.mark.parametrize("path", TRANSCRIPTS, ids=lambda path: path.stem)
def test_kubectl_writes_what_it_writes_with_a_real_server(path: Path, kubeconfig: Path, tmp_path: Path) -> None:
    with shell(kubeconfig, tmp_path) as commands:
        assert rewritten(path, commands.answer) == path.read_text()
