"""The node: scheduler, container runtime and kubelet."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import yaml

from testbed.api_server import ApiServer
from testbed.components import Components
from testbed.errors import TestbedError
from testbed.images import write_images
from testbed.packages import PATH, static_busybox
from testbed.settings import NODE_NAME, Settings

__all__ = ("hide_machine", "start_node")

# Folders with fixed names that the runtime and the kubelet write into; each testbed gets its own, empty ones.
_PRIVATE_FOLDERS = ("/run/containerd", "/var/lib/kubelet", "/var/lib/cni", "/var/log/containers")
# Settings of the machine's kernel that the kubelet insists on changing: it gets copies to change.
_KERNEL_SETTINGS = (
    "kernel/keys/root_maxbytes",
    "kernel/keys/root_maxkeys",
    "kernel/panic",
    "kernel/panic_on_oops",
    "vm/overcommit_memory",
    "vm/panic_on_oom",
)
# A pod's network namespace holds loopback alone, so nothing leaves the machine; exec, attach, logs and port-forward
# work, since the runtime enters that namespace.
_CNI_PLUGIN = """\
#!/bin/sh
case "$CNI_COMMAND" in
ADD)
  nsenter --net="$CNI_NETNS" ip link set lo up || exit 1
  cat <<JSON
{"cniVersion": "0.4.0", "interfaces": [{"name": "$CNI_IFNAME", "sandbox": "$CNI_NETNS"}],
 "ips": [{"version": "4", "address": "127.0.0.1/8", "interface": 0}]}
JSON
  ;;
VERSION) echo '{"cniVersion": "0.4.0", "supportedVersions": ["0.3.1", "0.4.0", "1.0.0"]}' ;;
*) echo '{}' ;;
esac
"""
_CONTAINERD_CONFIG = """\
version = 2
root = "{directory}/containerd/root"
state = "{directory}/containerd/state"
[grpc]
  address = "{directory}/containerd.sock"
[plugins."io.containerd.internal.v1.opt"]
  path = "{directory}/containerd/opt"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "localhost/pause:1"
  # Negative scores need CAP_SYS_RESOURCE, which not every root has.
  restrict_oom_score_adj = true
  netns_mounts_under_state_dir = true
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "{snapshotter}"
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "{directory}/cni/bin"
    conf_dir = "{directory}/cni/conf"
"""


def hide_machine(settings: Settings, components: Components) -> None:
    """Put private folders and files over those of the machine, in the mount namespace that is the testbed's own."""
    for folder in _PRIVATE_FOLDERS:
        Path(folder).mkdir(parents=True, exist_ok=True)
        components.run("mount", "-t", "tmpfs", "tmpfs", folder)
    copies = settings.directory / "sysctl"
    copies.mkdir()
    for setting in _KERNEL_SETTINGS:
        original = Path("/proc/sys", setting)
        if original.exists():
            copy = copies / setting.replace("/", ".")
            copy.write_bytes(original.read_bytes())
            components.run("mount", "--bind", str(copy), str(original))


def start_node(settings: Settings, components: Components, api: ApiServer) -> None:
    """Start what a node is made of and wait until pods can run on it."""
    components.start("kube-scheduler", "--kubeconfig", "admin.kubeconfig", "--leader-elect=false", "--secure-port=0")
    _start_containerd(settings, components)
    _start_kubelet(settings, components)
    node, url = {}, f"/api/v1/nodes/{NODE_NAME}"
    components.wait_for("the node's registration", lambda: api.answers(url))
    # The kubelet refuses a loopback address of its own, but takes the one that a cloud provider would set.
    addresses = [{"type": "InternalIP", "address": "127.0.0.1"}, {"type": "Hostname", "address": NODE_NAME}]
    api.merge(f"{url}/status", {"status": {"addresses": addresses}})

    def ready() -> bool:
        nonlocal node
        node = api.get(url)
        if node["spec"].get("taints"):
            api.merge(url, {"spec": {"taints": None}})
            return False
        return any(c["type"] == "Ready" and c["status"] == "True" for c in node["status"]["conditions"])

    components.wait_for("a ready node", ready)


def _start_containerd(settings: Settings, components: Components) -> None:
    directory = settings.directory
    plugins, configurations, images = directory / "cni/bin", directory / "cni/conf", directory / "images"
    for folder in (plugins, configurations, images):
        folder.mkdir(parents=True)
    for name in ("loopback", "pod"):
        (plugins / name).write_text(_CNI_PLUGIN)
        (plugins / name).chmod(0o755)
    network = {"cniVersion": "0.4.0", "name": "pod", "plugins": [{"type": "pod"}]}
    (configurations / "10-pod.conflist").write_text(json.dumps(network))
    snapshotter = _snapshotter(directory)
    config = _CONTAINERD_CONFIG.format(directory=directory, snapshotter=snapshotter)
    (directory / "containerd.toml").write_text(config)
    components.start("containerd", "--config", "containerd.toml", program=_program("containerd"))
    ctr = ("ctr", "--address", "containerd.sock", "--namespace", "k8s.io")
    components.wait_for("containerd", lambda: components.call(*ctr, "version"))
    busybox = static_busybox()
    if busybox is None:
        raise TestbedError("there is no static busybox (Debian's package busybox-static)")
    for archive in write_images(images, Path(busybox)):
        components.run(*ctr, "images", "import", "--snapshotter", snapshotter, str(archive))


def _snapshotter(directory: Path) -> str:
    """Choose overlayfs where it can be mounted; where the folder is an overlay itself, plain copies."""
    trial = directory / "overlay"
    lower, upper, work, merged = (trial / name for name in ("lower", "upper", "work", "merged"))
    for folder in (lower, upper, work, merged):
        folder.mkdir(parents=True, exist_ok=True)
    options = f"lowerdir={lower},upperdir={upper},workdir={work}"
    mount = ["mount", "-t", "overlay", "overlay", "-o", options, str(merged)]
    if subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        return "native"
    subprocess.run(["umount", str(merged)], check=True)
    return "overlayfs"


def _start_kubelet(settings: Settings, components: Components) -> None:
    (settings.directory / "kubelet.yaml").write_text(yaml.safe_dump(_kubelet_configuration(settings)))
    components.start(
        "kubelet",
        *("--config", "kubelet.yaml", "--kubeconfig", "kubelet.kubeconfig"),
        *("--hostname-override", NODE_NAME, "--root-dir", str(settings.directory / "kubelet")),
        *("--cloud-provider", "external"),
    )


def _kubelet_configuration(settings: Settings) -> dict[str, Any]:
    directory = settings.directory
    return {
        "apiVersion": "kubelet.config.k8s.io/v1beta1",
        "kind": "KubeletConfiguration",
        "address": "127.0.0.1",
        "port": settings.kubelet_port,
        "healthzPort": 0,
        "authentication": {
            "anonymous": {"enabled": False},
            "webhook": {"enabled": True},
            "x509": {"clientCAFile": str(directory / "ca.crt")},
        },
        "authorization": {"mode": "Webhook"},
        "tlsCertFile": str(directory / "kubelet.crt"),
        "tlsPrivateKeyFile": str(directory / "kubelet.key"),
        "containerRuntimeEndpoint": f"unix://{directory}/containerd.sock",
        "podLogsDir": str(directory / "pod-logs"),
        "failCgroupV1": False,
        "cgroupDriver": "cgroupfs",
        "cgroupRoot": f"/{settings.name}",
        "enforceNodeAllocatable": [],
        "failSwapOn": False,
        "makeIPTablesUtilChains": False,
        "resolvConf": "",
        "localStorageCapacityIsolation": False,
        # A small or full machine is no reason to evict a test's pods.
        "evictionHard": {
            "memory.available": "1Mi",
            "nodefs.available": "0%",
            "nodefs.inodesFree": "0%",
            "imagefs.available": "0%",
        },
    }


def _program(name: str) -> str:
    path = shutil.which(name, path=PATH)
    if path is None:
        raise TestbedError(f"{name} is not installed")
    return path
