"""etcd, the API server and, if asked for, the controller manager: a cluster without a node."""

from __future__ import annotations

from testbed.api_server import ApiServer
from testbed.components import Components
from testbed.settings import Settings

__all__ = ("start_control_plane",)


def start_control_plane(settings: Settings, components: Components, api: ApiServer) -> None:
    """Start the control plane and wait until objects can be created in the namespace `default`."""
    _start_etcd(settings, components, api)
    _start_api_server(settings, components)
    components.wait_for("the API server", lambda: api.answers("/readyz"))
    if not settings.controllers:
        components.wait_for("the default namespace", lambda: api.answers("/api/v1/namespaces/default"))
        return
    components.start(
        "kube-controller-manager",
        *("--kubeconfig", "admin.kubeconfig"),
        *("--leader-elect=false", "--secure-port=0"),
        *("--service-account-private-key-file", "service-account.key"),
        *("--root-ca-file", "ca.crt"),
        *("--cluster-signing-cert-file", "ca.crt", "--cluster-signing-key-file", "ca.key"),
    )
    account = "/api/v1/namespaces/default/serviceaccounts/default"
    components.wait_for("the default service account", lambda: api.answers(account))


def _start_etcd(settings: Settings, components: Components, api: ApiServer) -> None:
    peer_url = f"http://127.0.0.1:{settings.etcd_peer_port}"
    components.start(
        "etcd",
        *("--data-dir", "etcd", "--unsafe-no-fsync", "--log-level", "warn"),
        *("--listen-client-urls", settings.etcd_url, "--advertise-client-urls", settings.etcd_url),
        *("--listen-peer-urls", peer_url, "--initial-advertise-peer-urls", peer_url),
        *("--initial-cluster", f"default={peer_url}"),
    )
    components.wait_for("etcd", lambda: api.answers(f"{settings.etcd_url}/health"))


def _start_api_server(settings: Settings, components: Components) -> None:
    components.start(
        "kube-apiserver",
        *("--etcd-servers", settings.etcd_url),
        *("--bind-address", "127.0.0.1", "--secure-port", str(settings.api_port)),
        # Nothing but this machine talks to it, so it needs no address of the machine's network.
        *("--advertise-address", "127.0.0.1", "--endpoint-reconciler-type", "none"),
        *("--tls-cert-file", "apiserver.crt", "--tls-private-key-file", "apiserver.key"),
        *("--client-ca-file", "ca.crt"),
        *("--service-account-key-file", "service-account.pub"),
        *("--service-account-signing-key-file", "service-account.key"),
        *("--service-account-issuer", "https://kubernetes.default.svc"),
        *("--service-cluster-ip-range", "10.0.0.0/24"),
        *("--authorization-mode", "Node,RBAC", "--enable-admission-plugins", "NodeRestriction"),
        "--allow-privileged",
        *("--kubelet-client-certificate", "admin.crt", "--kubelet-client-key", "admin.key"),
        *("--kubelet-certificate-authority", "ca.crt"),
        *("--kubelet-preferred-address-types", "InternalIP"),
        *settings.apiserver_flags,
    )
