"""Who asks a server in memory, and what they may do: users, credentials, RBAC."""

from __future__ import annotations

__all__: list[str] = []
