"""Options, time-outs and patches."""

from __future__ import annotations

from typing import reveal_type

from kubex.api import Api
from kubex.client import ClientOptions
from kubex.core.params import FieldValidation, Precondition, Timeout
from kubex.core.patch import (
    ApplyPatch,
    JsonPatch,
    JsonPatchAdd,
    JsonPatchCopy,
    JsonPatchMove,
    JsonPatchRemove,
    JsonPatchReplace,
    JsonPatchTest,
    JsonPointer,
    MergePatch,
    StrategicMergePatch,
)
from kubex.k8s.v1_35.core.v1 import Pod

ClientOptions()
ClientOptions(
    timeout=None,
    log_api_warnings=False,
    proxy={"https": "http://proxy:3128"},
    trust_env=True,
    keep_alive=True,
    keep_alive_timeout=None,
    buffer_size=...,
    ws_max_message_size=None,
    pool_size=5,
    pool_size_per_host=...,
)
ClientOptions(timeout=Timeout(total=5, connect=1), proxy="http://proxy:3128", keep_alive_timeout=1.5)
ClientOptions(timeout="5s")  # E: mypy[arg-type] pyright[reportArgumentType]
ClientOptions(pool_size="5")  # E: mypy[arg-type] pyright[reportArgumentType]
ClientOptions(retries=5)  # E: mypy[call-arg] pyright[reportCallIssue]
Timeout(total="5s")  # E: mypy[arg-type] pyright[reportArgumentType]
reveal_type(Timeout.coerce(5))  # R: Timeout | None


async def patches(pods: Api[Pod], pod: Pod) -> None:
    reveal_type(await pods.patch("web-0", MergePatch({"metadata": {"labels": {"a": None}}})))  # R: Pod
    await pods.patch("web-0", MergePatch(pod), field_validation=FieldValidation.STRICT)
    await pods.patch("web-0", StrategicMergePatch(pod))
    await pods.patch("web-0", ApplyPatch(pod), field_manager="me", force=True)
    operations = [
        JsonPatchAdd(path="/metadata/labels/a", value="b"),
        JsonPatchRemove(path=JsonPointer("/metadata/labels/c")),
    ]
    await pods.patch("web-0", JsonPatch(operations))
    await pods.patch("web-0", JsonPatch([JsonPatchReplace(path="/a", value=1), JsonPatchTest(path="/a", value=1)]))
    await pods.patch("web-0", JsonPatch([JsonPatchMove(path="/a", from_="/b"), JsonPatchCopy(path="/a", from_="/b")]))
    await pods.patch("web-0", {"metadata": {}})  # E: mypy[arg-type] pyright[reportArgumentType]
    await pods.patch("web-0", MergePatch("text"))  # E: mypy[arg-type] pyright[reportArgumentType]
    await pods.patch("web-0", JsonPatch(["x"]))  # E: mypy[list-item] pyright[reportArgumentType]
    await pods.delete("web-0", preconditions=Precondition(uid="1"), grace_period_seconds=0)
