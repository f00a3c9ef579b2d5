"""What controllers, queues, caches and elections measure, for Prometheus, OpenTelemetry or a program of your own.

https://prometheus.io/docs/instrumenting/exposition_formats/
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple, Protocol

__all__ = ["Measured", "Metric", "Sample", "merged", "prometheus_text"]


class Sample(NamedTuple):
    """One value of a metric."""

    labels: Mapping[str, str]
    value: float


@dataclass(frozen=True)
class Metric:
    """One metric with its values.

    Args:
        name: with dots between its parts, `kubex.workqueue.depth`.
        kind: `counter` only ever grows.
        text: what it is, in a sentence.
        samples: its values, each with its labels.
        unit: `s` of seconds; none of numbers of things.
    """

    name: str
    kind: Literal["counter", "gauge"]
    text: str
    samples: tuple[Sample, ...]
    unit: Literal["s"] | None = None

    @property
    def prometheus_name(self) -> str:
        """Give its name as Prometheus spells it, `kubex_workqueue_adds_total`."""
        name = self.name.replace(".", "_") + ("_seconds" if self.unit == "s" else "")
        return f"{name}_total" if self.kind == "counter" else name


class Measured(Protocol):
    """What has metrics: `Manager`, `InformerFactory`, `Informer`, `LeaderElector`."""

    def measure(self) -> list[Metric]:
        """Give what is to be known now; the same metrics each time, with no sample where there is none yet."""
        ...


def merged(metrics: Iterable[Metric]) -> list[Metric]:
    """Make one of metrics of the same name: the caches of a process, for example.

    Args:
        metrics: of any number of sources.
    """
    found: dict[str, Metric] = {}
    for each in metrics:
        held = found.get(each.name)
        samples = each.samples if held is None else held.samples + each.samples
        found[each.name] = Metric(each.name, each.kind, each.text, samples, each.unit)
    return list(found.values())


def prometheus_text(metrics: Iterable[Metric]) -> str:
    """Give metrics in Prometheus' text format.

    Args:
        metrics: none may have the name of another; `merged` sees to that.
    """
    lines: list[str] = []
    for each in metrics:
        name = each.prometheus_name
        lines += [f"# HELP {name} {each.text}", f"# TYPE {name} {each.kind}"]
        for labels, value in each.samples:
            written = ",".join(f'{label}="{_escaped(text)}"' for label, text in labels.items())
            lines.append(f"{name}{{{written}}} {value:.15g}")
    return "\n".join(lines) + "\n"


def _escaped(value: str) -> str:
    return value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
