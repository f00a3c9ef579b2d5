"""Python's spelling of the API's names."""

from __future__ import annotations

import keyword

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubex.generate.naming import attribute_names, camel_rule, class_name, identifier, module_name, snake_case


@pytest.mark.parametrize(
    ("wire", "attribute"),
    [
        ("name", "name"),
        ("apiVersion", "api_version"),
        ("podIP", "pod_ip"),
        ("podIPs", "pod_ips"),
        ("hostIPs", "host_ips"),
        ("clusterIPs", "cluster_ips"),
        ("podCIDRs", "pod_cidrs"),
        ("targetWWNs", "target_wwns"),
        ("nonResourceURLs", "non_resource_urls"),
        ("serverAddressByClientCIDRs", "server_address_by_client_cidrs"),
        ("hostIPsAllowed", "host_ips_allowed"),
        ("theURLIsNot", "the_url_is_not"),
        ("runAsUser", "run_as_user"),
        ("containerID", "container_id"),
        ("kubeProxyVersion", "kube_proxy_version"),
        ("fsType", "fs_type"),
        ("fieldsV1", "fields_v1"),
        ("awsElasticBlockStore", "aws_elastic_block_store"),
        ("iscsi", "iscsi"),
        ("IPv4Address", "ipv4_address"),
        ("tlsIPv6", "tls_ipv6"),
        ("clientX509Certificate", "client_x509_certificate"),
        ("$ref", "ref"),
        ("x-kubernetes-list-map-keys", "x_kubernetes_list_map_keys"),
        ("already_snake", "already_snake"),
    ],
)
def test_snake_case(wire: str, attribute: str) -> None:
    assert snake_case(wire) == attribute


@pytest.mark.parametrize(
    ("kind", "module"),
    [
        ("Pod", "pod"),
        ("ConfigMap", "config_map"),
        ("CSIDriver", "csi_driver"),
        ("CSINode", "csi_node"),
        ("APIService", "api_service"),
        ("IPAddress", "ip_address"),
        ("ServiceCIDR", "service_cidr"),
        ("HTTPRoute", "http_route"),
        ("TLSRoute", "tls_route"),
        ("DownwardAPIProjection", "downward_api_projection"),
        ("JSONSchemaProps", "json_schema_props"),
        ("GCEPersistentDiskVolumeSource", "gce_persistent_disk_volume_source"),
        ("ClusterTrustBundle", "cluster_trust_bundle"),
        ("Lambda", "lambda_"),
    ],
)
def test_module_name(kind: str, module: str) -> None:
    assert module_name(kind) == module


@pytest.mark.parametrize(
    ("name", "spelled"),
    [
        ("cert-manager", "cert_manager"),
        ("from", "from_"),
        ("None", "None_"),
        ("3scale", "_3scale"),
        ("type", "type"),
        ("$", "_"),
    ],
)
def test_identifier(name: str, spelled: str) -> None:
    assert identifier(name) == spelled


@pytest.mark.parametrize(("kind", "name"), [("Pod", "Pod"), ("widget", "Widget"), ("My-Kind", "My_Kind")])
def test_class_name(kind: str, name: str) -> None:
    assert class_name(kind) == name


def test_attributes_of_one_class_differ() -> None:
    wires = ["fooBar", "foo_bar", "foo-bar", "modelCopy", "continue"]
    assert attribute_names(wires) == attribute_names(wires[::-1])
    assert attribute_names(wires) == {
        "foo-bar": "foo_bar",
        "fooBar": "foo_bar_",
        "foo_bar": "foo_bar__",
        "modelCopy": "model_copy_",
        "continue": "continue_",
    }


@given(st.lists(st.text(max_size=12), unique=True))
def test_attributes_are_always_identifiers(wires: list[str]) -> None:
    attributes = list(attribute_names(wires).values())
    assert len(set(attributes)) == len(wires)
    for attribute in attributes:
        assert attribute.isidentifier()
        assert not keyword.iskeyword(attribute)


@pytest.mark.parametrize(
    ("attribute", "wire"),
    [("api_version", "apiVersion"), ("pod_ip", "podIp"), ("continue_", "continue"), ("fields_v1", "fieldsV1")],
)
def test_camel_rule_is_the_one_of_structs(attribute: str, wire: str) -> None:
    assert camel_rule(attribute) == wire
