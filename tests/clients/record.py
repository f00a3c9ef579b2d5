"""Write the transcripts anew from a real API server: `KUBECONFIG=… python -m tests.clients.record [FILE …]`."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from tests.clients.kubectl import shell
from tests.clients.transcripts import rewritten

TRANSCRIPTS = Path(__file__).parent / "transcripts"


def main() -> None:
    """Record the transcripts that the command line names, or all."""
    for path in [Path(name) for name in sys.argv[1:]] or sorted(TRANSCRIPTS.rglob("*.t")):
        with tempfile.TemporaryDirectory() as folder, shell(Path(os.environ["KUBECONFIG"]), Path(folder)) as commands:
            path.write_text(rewritten(path, commands.answer))


if __name__ == "__main__":
    main()
