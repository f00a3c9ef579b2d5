"""Every kind and every subresource that a server has, has its model and its marker."""

from __future__ import annotations

from kubex_core.models.interfaces import ClusterScopedEntity, NamespaceScopedEntity
from tests.e2e.real_server import RealServer
from tests.matrix.kinds import Served, definitions, served
from tests.unit.k8s.test_resource_configs import SUBRESOURCES
from tests.unit.k8s.version import Version

WITHOUT_ACCESSOR = {"proxy"}
"""Requests to a proxy are the pod's own, or the service's, and have no model."""

BEYOND: dict[str, set[tuple[str, str]]] = {"v1_32": set(), "v1_35": set(), "v1_37": set()}
"""Kinds that a release's models have and its server does not, with every API switched on."""


def test_every_kind_has_its_model(server: RealServer, generated: Version) -> None:
    known = definitions(generated)
    resources = served(server)
    assert len(resources) > 70
    wrong: list[str] = []
    for each in resources:
        name = known.get((each.api_version, each.kind))
        found = ["there is no model"] if name is None else problems(each, generated.classes[name])
        wrong += [f"{each.api_version} {each.kind}: {problem}" for problem in found]
    assert wrong == []


def problems(kind: Served, class_: type[object]) -> list[str]:
    """Tell in what a model differs from what the server serves."""
    found: list[str] = []
    plural = class_.__RESOURCE_CONFIG__.plural  # type: ignore[attr-defined]
    if plural != kind.plural:
        found.append(f"its plural is {plural}, and not {kind.plural}")
    if not issubclass(class_, NamespaceScopedEntity if kind.namespaced else ClusterScopedEntity):
        found.append("it has the marker of the other scope")
    found += [
        f"the marker of {name} is wrong"
        for name, marker in SUBRESOURCES.items()
        if issubclass(class_, marker) != (name in kind.subresources)
    ]
    unheard = kind.subresources - SUBRESOURCES.keys() - WITHOUT_ACCESSOR
    return found + [f"nothing is known of {name}" for name in sorted(unheard)]


def test_what_models_have_beyond(server: RealServer, generated: Version) -> None:
    beyond = definitions(generated).keys() - {(each.api_version, each.kind) for each in served(server)}
    assert beyond == BEYOND[generated.name]
