"""What a program tells of itself: spans and metrics for OpenTelemetry, metrics for Prometheus.

Each is a module of its own and needs an extra of its own: `kubex.telemetry.opentelemetry` (`kubex[otel]`) and
`kubex.telemetry.prometheus` (`kubex[prometheus]`). Nothing is measured that is not asked for.
"""

from __future__ import annotations

__all__: list[str] = []
