"""Admission webhooks: which are asked about a request, what they are sent, what their answers mean; no HTTP."""

from __future__ import annotations

__all__: list[str] = []
