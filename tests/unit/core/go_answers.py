"""What Kubernetes' own Go libraries answered (`tests/go_answers/ask.py` asks them)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

ANSWERS = Path(__file__).parents[2] / "go_answers" / "answers.json"


def go_answers(about: str) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Give the questions that have the member `about`, each with Go's answer."""
    pairs: list[tuple[dict[str, Any], dict[str, Any]]] = json.loads(ANSWERS.read_text())
    return [(question, answer) for question, answer in pairs if about in question]
