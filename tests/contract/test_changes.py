"""Changing without loss: `apply`, `edit`, `create_or_replace` and `diff` against a server."""

from __future__ import annotations

from typing import Any

import pytest

from kubex.api import Api
from kubex.client.base import BaseClient
from kubex.core.diff import diff
from kubex.core.exceptions import Conflict, NotFound, UnprocessableEntity
from kubex.core.patch import JsonPatch, MergePatch
from kubex.k8s.v1_32.apps.v1 import Deployment as OlderDeployment
from kubex.k8s.v1_35.apps.v1 import Deployment
from kubex.k8s.v1_35.core.v1 import ConfigMap
from kubex_core.models.metadata import ObjectMetadata

pytestmark = pytest.mark.anyio

WEB: dict[str, Any] = {
    "metadata": {"name": "web", "labels": {"app": "web"}},
    "spec": {
        "replicas": 0,
        "selector": {"matchLabels": {"app": "web"}},
        "template": {
            "metadata": {"labels": {"app": "web"}},
            "spec": {
                "hostnameOverride": "web.example.com",  # Kubernetes 1.34 and later
                "containers": [{"name": "web", "image": "web:1"}, {"name": "proxy", "image": "proxy:1"}],
            },
        },
    },
}


@pytest.fixture
def config_maps(client: BaseClient, namespace: str) -> Api[ConfigMap]:
    return Api(ConfigMap, client, namespace=namespace)


def config_map(**data: str) -> ConfigMap:
    return ConfigMap(metadata=ObjectMetadata(name="colours"), data=data)


async def test_an_edit_sees_what_others_wrote_meanwhile(config_maps: Api[ConfigMap]) -> None:
    await config_maps.create(config_map(sky="blue"))
    await config_maps.edit("colours", lambda colours: colours.data.update(sea="green") if colours.data else None)
    edited = await config_maps.get("colours")
    assert edited.data == {"sky": "blue", "sea": "green"}


async def test_an_edit_on_an_old_version_is_a_conflict_and_done_again(config_maps: Api[ConfigMap]) -> None:
    await config_maps.create(config_map(sky="blue"))
    seen: list[str | None] = []
    rivals = [MergePatch({"data": {"sea": "green"}}), MergePatch({"data": None})]

    async def edited() -> ConfigMap:
        original = config_maps.patch

        async def late(*arguments: Any, **keywords: Any) -> ConfigMap:
            if rivals:  # somebody is faster
                await original("colours", rivals.pop(0))
            return await original(*arguments, **keywords)

        config_maps.patch = late  # type: ignore[method-assign]
        return await config_maps.edit("colours", grey)

    def grey(colours: ConfigMap) -> None:
        seen.append(colours.metadata.resource_version)
        colours.data = {**(colours.data or {}), "sky": "grey"}

    # The second time the patch does not fit any more: there is no data to put anything into.
    assert (await edited()).data == {"sky": "grey"}
    assert len(set(seen)) == 3


async def test_an_edit_that_the_server_finds_invalid_is_not_done_again(config_maps: Api[ConfigMap]) -> None:
    await config_maps.create(config_map(sky="blue"))
    calls: list[int] = []

    def break_it(colours: ConfigMap) -> None:
        calls.append(1)
        colours.data = {"not a key": "x"}

    with pytest.raises(UnprocessableEntity):
        await config_maps.edit("colours", break_it)
    assert calls == [1]


async def test_an_edit_keeps_what_the_model_does_not_know(client: BaseClient, namespace: str) -> None:
    deployments = Api(Deployment, client, namespace=namespace)
    await deployments.create(Deployment.model_validate(WEB), field_manager="test")

    def new_image(web: OlderDeployment) -> None:
        assert web.spec is not None
        assert web.spec.template.spec is not None
        containers = web.spec.template.spec.containers
        containers[0].image = "web:2"
        del containers[1]

    older = Api(OlderDeployment, client, namespace=namespace)
    await older.edit("web", new_image, field_manager="test")
    spec = (await deployments.get("web")).spec
    assert spec is not None
    assert spec.template.spec is not None
    assert spec.template.spec.hostname_override == "web.example.com"
    assert [(each.name, each.image) for each in spec.template.spec.containers] == [("web", "web:2")]


async def test_differences_are_patches_of_either_form(config_maps: Api[ConfigMap]) -> None:
    created = await config_maps.create(config_map(sky="blue", sea="green"))
    wanted = created.model_copy(deep=True)
    wanted.data = {"sky": "grey"}
    assert diff(created, wanted).body == {"data": {"sky": "grey", "sea": None}}
    await config_maps.patch("colours", diff(created, wanted, JsonPatch), dry_run=True)
    assert (await config_maps.patch("colours", diff(created, wanted))).data == {"sky": "grey"}


async def test_apply_creates_changes_and_gives_up(config_maps: Api[ConfigMap]) -> None:
    await config_maps.apply(config_map(sky="blue", sea="green"), field_manager="one")
    assert (await config_maps.apply(config_map(sky="grey"), field_manager="one")).data == {"sky": "grey"}
    with pytest.raises(Conflict, match=r'conflict with "one".*\(force=True takes the fields\)'):
        await config_maps.apply(config_map(sky="red"), field_manager="two")
    applied = await config_maps.apply(config_map(sky="red"), field_manager="two", force=True)
    assert applied.data == {"sky": "red"}


async def test_create_or_replace(config_maps: Api[ConfigMap]) -> None:
    created = await config_maps.create_or_replace(config_map(sky="blue"))
    replaced = await config_maps.create_or_replace(config_map(sea="green"))
    assert replaced.data == {"sea": "green"}
    assert replaced.metadata.uid == created.metadata.uid


async def test_get_or_none(client: BaseClient, config_maps: Api[ConfigMap]) -> None:
    assert await config_maps.get_or_none("colours") is None
    await config_maps.create(config_map())
    assert await config_maps.get_or_none("colours") is not None
    with pytest.raises(NotFound):
        await Api(OlderDeployment, client, namespace="x").subresource("nothing", ConfigMap).get("x")
