"""What servers refuse in volumes that stand in attachments, and are none of the cluster's."""

from __future__ import annotations

from typing import Any

import pytest

from kubex.client.base import BaseClient
from tests.contract.answers import ask, causes

pytestmark = pytest.mark.anyio

Part = dict[str, Any]

WHERE = "spec.source.inlineVolumeSpec"
INLINE = "in the context of inline volumes"
CSI: Part = {"driver": "example.com", "volumeHandle": "a"}
LATER = "may not specify more than 1 volume type"


def inline(**more: Any) -> Part:
    return {"accessModes": ["ReadWriteOnce"], "csi": CSI, **more}


@pytest.mark.parametrize(
    ("volume", "refused"),
    [
        (inline(persistentVolumeReclaimPolicy="Retain", volumeMode="Filesystem", volumeAttributesClassName=""), []),
        (
            inline(
                claimRef={"name": "a"},
                capacity={"storage": "1Gi"},
                persistentVolumeReclaimPolicy="Delete",
                nodeAffinity={},
                storageClassName="a",
                volumeMode="Block",
            ),
            [
                f".claimRef: Forbidden: may not be specified {INLINE}",
                f".capacity: Forbidden: may not be specified {INLINE}",
                f".persistentVolumeReclaimPolicy: Forbidden: may only be Retain {INLINE}",
                f".nodeAffinity: Forbidden: may not be specified {INLINE}",
                f".storageClassName: Forbidden: may not be specified {INLINE}",
                f".volumeMode: Forbidden: may not specify volumeMode other than Filesystem {INLINE}",
            ],
        ),
        (
            {},
            [
                f".csi: Required value: has to be specified {INLINE}",
                ".accessModes: Required value",
                ": Required value: must specify a volume type",
            ],
        ),
        (
            inline(accessModes=["ReadWriteOncePod", "ReadOnlyMany"], csi={"driver": "example.com", "volumeHandle": ""}),
            [
                ".accessModes: Forbidden: may not use ReadWriteOncePod with other access modes",
                ".csi.volumeHandle: Required value",
            ],
        ),
        (inline(nfs={"server": "a", "path": "/"}), [f".csi: Forbidden: {LATER}"]),
        (
            inline(local={"path": "/a"}, nodeAffinity={}),
            [
                f".nodeAffinity: Forbidden: may not be specified {INLINE}",
                ".nodeAffinity: Required value: Local volume requires node affinity",
                f".csi: Forbidden: {LATER}",
            ],
        ),
        (
            inline(hostPath={"path": "/"}, persistentVolumeReclaimPolicy="Recycle"),
            [
                f".persistentVolumeReclaimPolicy: Forbidden: may only be Retain {INLINE}",
                f".csi: Forbidden: {LATER}",
                ".persistentVolumeReclaimPolicy: Forbidden: may not be 'recycle' for a hostPath mount of '/'",
            ],
        ),
    ],
)
async def test_inline_volumes(client: BaseClient, namespace: str, volume: Part, refused: list[str]) -> None:
    spec = {"attacher": "example.com", "nodeName": "n", "source": {"inlineVolumeSpec": volume}}
    path = "/apis/storage.k8s.io/v1/volumeattachments"
    answer = await ask(client, "POST", path, {"metadata": {"name": namespace}, "spec": spec}, dryRun="All")
    assert causes(answer) == [f"{WHERE}{each}" for each in refused]
