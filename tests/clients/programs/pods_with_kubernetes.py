"""What the official client does with a pod that answers: logs, exec, attach and port-forward."""

from __future__ import annotations

import os

from kubernetes import client, config, watch
from kubernetes.client.exceptions import ApiException
from kubernetes.stream import portforward, stream

NAMESPACE, POD, PORT = os.environ["NAMESPACE"], os.environ["POD"], int(os.environ["PORT"])


def logs(api: client.CoreV1Api) -> None:
    assert api.read_namespaced_pod_log(POD, NAMESPACE, container="main").startswith("first\nsecond\n")
    assert api.read_namespaced_pod_log(POD, NAMESPACE, container="main", limit_bytes=8) == "first\nse"
    for line in watch.Watch().stream(api.read_namespaced_pod_log, POD, NAMESPACE, container="main"):
        assert line == "first"
        break
    try:
        api.read_namespaced_pod_log(POD, NAMESPACE, container="nobody")
    except ApiException as error:
        assert error.status == 400
    else:
        raise AssertionError("a log of nobody")


def commands(api: client.CoreV1Api) -> None:
    place = {"name": POD, "namespace": NAMESPACE, "container": "main"}
    told = stream(
        api.connect_get_namespaced_pod_exec,
        **place,
        command=["sh", "-c", "echo out; echo err >&2"],
        stdout=True,
        stderr=True,
        stdin=False,
        tty=False,
    )
    assert sorted(told.split()) == ["err", "out"]
    session = stream(
        api.connect_get_namespaced_pod_exec,
        **place,
        command=["sh"],
        stdout=True,
        stderr=True,
        stdin=True,
        tty=False,
        _preload_content=False,
    )
    session.write_stdin("echo $((6 * 7))\n")
    assert session.readline_stdout(timeout=30) == "42"
    session.write_stdin("exit 3\n")
    session.run_forever(timeout=30)
    assert session.returncode == 3
    try:
        stream(api.connect_get_namespaced_pod_exec, **{**place, "container": "nobody"}, command=["ls"], stdout=True)
    except ApiException as error:
        assert "400" in error.reason
    else:
        raise AssertionError("a command of nobody")

    session = stream(
        api.connect_get_namespaced_pod_attach,
        **{**place, "container": "shell"},
        stdout=True,
        stderr=True,
        stdin=True,
        tty=False,
        _preload_content=False,
    )
    session.write_stdin("echo $((6 * 7))\n")
    assert session.readline_stdout(timeout=30) == "42"
    session.close()


def ports(api: client.CoreV1Api) -> None:
    forwarder = portforward(api.connect_get_namespaced_pod_portforward, POD, NAMESPACE, ports=f"{PORT},9")
    socket = forwarder.socket(PORT)
    socket.setblocking(True)
    data = os.urandom(50_000)
    socket.sendall(data)
    came = b""
    while len(came) < len(data):
        came += socket.recv(100_000)
    assert came == data
    refused = forwarder.socket(9)
    refused.setblocking(True)
    assert refused.recv(10) == b""
    assert "refused" in forwarder.error(9)
    socket.close()


config.load_kube_config()
core = client.CoreV1Api()
logs(core)
commands(core)
ports(core)
print("done")
