"""Tests with other people's clients, run as programs: against the server in memory, or against a real one."""

from __future__ import annotations

from tests.cluster import kubeconfig

__all__ = ("kubeconfig",)
