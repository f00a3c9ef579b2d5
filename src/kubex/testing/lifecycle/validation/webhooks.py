"""What the server refuses in configurations of admission webhooks.

https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#webhook-configuration
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final
from urllib.parse import urlsplit

from kubex.core._go_text import go_json
from kubex.testing.failures import Cause, field_invalid, field_required
from kubex.testing.lifecycle.json_members import list_at, object_at
from kubex.testing.lifecycle.names import dns_subdomain_problems
from kubex.testing.lifecycle.validation.match_conditions import match_conditions_causes
from kubex.testing.lifecycle.validation.review_versions import REVIEW_VERSIONS, review_version_causes
from kubex.testing.lifecycle.validation.values import duplicate, selector_causes, unsupported

__all__ = ["client_causes", "webhook_configuration_causes"]

_SIDE_EFFECTS: Final = ("None", "NoneOnDryRun")
_OPERATIONS: Final = ("*", "CONNECT", "CREATE", "DELETE", "UPDATE")
_SCOPES: Final = ("*", "Cluster", "Namespaced")
_CHOICES: Final = {
    "failurePolicy": ("Fail", "Ignore"),
    "matchPolicy": ("Equivalent", "Exact"),
    "reinvocationPolicy": ("IfNeeded", "Never"),
}
_LONGEST_SECONDS: Final = 30
_LARGEST_PORT: Final = 65535
_SEGMENTS: Final = 3
_ONLY_ANY: Final = "if '*' is present, must not specify other {}"


def webhook_configuration_causes(new: dict[str, Any], old: dict[str, Any] | None) -> list[Cause]:
    """Say what is wrong with a MutatingWebhookConfiguration or a ValidatingWebhookConfiguration."""
    causes: list[Cause] = []
    names: set[str] = set()
    for index, webhook in enumerate(list_at(new, "webhooks")):
        name, where = webhook.get("name") or "", f"webhooks[{index}]"
        if name:
            if name in names:
                causes.append(duplicate(f"{where}.name", name))
            names.add(name)
        causes += _webhook_causes(webhook, name, where)
    return causes


def _webhook_causes(webhook: dict[str, Any], name: str, where: str) -> Iterator[Cause]:
    yield from _name_causes(name, f"{where}.name")
    for index, rule in enumerate(list_at(webhook, "rules")):
        yield from _rule_causes(rule, f"{where}.rules[{index}]")
    yield from _choice_causes(webhook, "failurePolicy", where)
    yield from _choice_causes(webhook, "matchPolicy", where)
    effects = webhook.get("sideEffects")
    if effects is None:
        yield field_required(f"{where}.sideEffects", f"must specify one of {', '.join(_SIDE_EFFECTS)}")
    elif effects not in _SIDE_EFFECTS:
        yield unsupported(f"{where}.sideEffects", effects, _SIDE_EFFECTS)
    seconds = webhook.get("timeoutSeconds")
    if seconds is not None and not 1 <= seconds <= _LONGEST_SECONDS:
        why = f"the timeout value must be between 1 and {_LONGEST_SECONDS} seconds"
        yield field_invalid(f"{where}.timeoutSeconds", seconds, why)
    for field in ("namespaceSelector", "objectSelector"):
        yield from selector_causes(f"{where}.{field}", webhook.get(field))
    yield from _choice_causes(webhook, "reinvocationPolicy", where)
    yield from client_causes(object_at(webhook, "clientConfig"), f"{where}.clientConfig")
    yield from match_conditions_causes(list_at(webhook, "matchConditions"), f"{where}.matchConditions")
    yield from _version_causes(list_at(webhook, "admissionReviewVersions"), f"{where}.admissionReviewVersions")


def _choice_causes(webhook: dict[str, Any], name: str, where: str) -> Iterator[Cause]:
    value = webhook.get(name)
    if value is not None and value not in _CHOICES[name]:
        yield unsupported(f"{where}.{name}", value, _CHOICES[name])


def _name_causes(name: str, field: str) -> Iterator[Cause]:
    if not name:
        yield field_required(field)
        return
    problems = dns_subdomain_problems(name)
    yield from (field_invalid(field, name, each) for each in problems)
    if not problems and len(name.split(".")) < _SEGMENTS:
        yield field_invalid(field, name, "should be a domain with at least three segments separated by dots")


def _version_causes(versions: Sequence[str], field: str) -> Iterator[Cause]:
    if not versions:
        yield field_required(field, f"must specify one of {', '.join(REVIEW_VERSIONS)}")
        return
    yield from review_version_causes(versions, field)


def _rule_causes(rule: dict[str, Any], where: str) -> Iterator[Cause]:
    operations = list_at(rule, "operations")
    if not operations:
        yield field_required(f"{where}.operations")
    yield from _only_any(operations, f"{where}.operations", "operations")
    for index, operation in enumerate(operations):
        if operation not in _OPERATIONS:
            yield unsupported(f"{where}.operations[{index}]", operation, _OPERATIONS)
    for name, what in (("apiGroups", "API groups"), ("apiVersions", "API versions")):
        texts = list_at(rule, name)
        if not texts:
            yield field_required(f"{where}.{name}")
        yield from _only_any(texts, f"{where}.{name}", what)
        if name == "apiVersions":
            for index, text in enumerate(texts):
                if not text:
                    yield field_required(f"{where}.{name}[{index}]")
    yield from _resource_causes(list_at(rule, "resources"), f"{where}.resources")
    scope = rule.get("scope")
    if scope is not None and scope not in _SCOPES:
        yield unsupported(f"{where}.scope", scope, _SCOPES)


def _resource_causes(resources: Sequence[str], field: str) -> Iterator[Cause]:
    if not resources:
        yield field_required(field)
    any_part: set[str] = set()
    any_resource: set[str] = set()
    is_plain = False
    for index, text in enumerate(resources):
        where = f"{field}[{index}]"
        if not text:
            yield field_required(where)
            continue
        name, slash, part = text.partition("/")
        if not slash:
            is_plain = text != "*"
            continue
        if name in any_part:
            yield field_invalid(where, text, f"if '{name}/*' is present, must not specify {text}")
        if part in any_resource:
            yield field_invalid(where, text, f"if '*/{part}' is present, must not specify {text}")
        if part == "*":
            any_part.add(name)
        if name == "*":
            any_resource.add(part)
    shown = f"Invalid value: {go_json(list(resources))}: "
    if len(resources) > 1 and "*/*" in resources:
        yield Cause("FieldValueInvalid", f"{shown}if '*/*' is present, must not specify other resources", field)
    if "*" in resources and is_plain:
        why = "if '*' is present, must not specify other resources without subresources"
        yield Cause("FieldValueInvalid", f"{shown}{why}", field)


def _only_any(texts: Sequence[str], field: str, what: str) -> Iterator[Cause]:
    if "*" in texts and len(texts) > 1:
        why = _ONLY_ANY.format(what)
        yield Cause("FieldValueInvalid", f"Invalid value: {go_json(list(texts))}: {why}", field)


def client_causes(client: dict[str, Any], where: str) -> Iterator[Cause]:
    """Say what is wrong with where a webhook is."""
    url, service = client.get("url"), client.get("service")
    if (url is None) == (service is None):
        yield field_required(where, "exactly one of url or service is required")
    elif url is not None:
        yield from _url_causes(url, f"{where}.url")
    else:
        yield from _service_causes(object_at(client, "service"), f"{where}.service")


def _url_causes(url: str, field: str) -> Iterator[Cause]:
    form = "; desired format: https://host[/path]"
    try:
        parts = urlsplit(url)
        host = parts.netloc
    except ValueError as error:
        yield field_required(field, f"url must be a valid URL: {error}{form}")
        return
    if parts.scheme != "https":
        yield field_invalid(field, parts.scheme, f"'https' is the only allowed URL scheme{form}")
    if not host:
        yield field_invalid(field, host, f"host must be specified{form}")
    if "@" in host:
        yield field_invalid(field, host.partition("@")[0], "user information is not permitted in the URL")
    if parts.fragment:
        yield field_invalid(field, parts.fragment, "fragments are not permitted in the URL")
    if parts.query:
        yield field_invalid(field, parts.query, "query parameters are not permitted in the URL")


def _service_causes(service: dict[str, Any], where: str) -> Iterator[Cause]:
    # The server takes the one for the other.
    for name, other in (("name", "namespace"), ("namespace", "name")):
        if not service.get(other):
            yield field_required(f"{where}.{name}")
    port, path = service.get("port"), service.get("path")
    if port is not None and not 1 <= port <= _LARGEST_PORT:
        why = f"port is not valid: must be between 1 and {_LARGEST_PORT}, inclusive"
        yield field_invalid(f"{where}.port", port, why)
    if not path or path == "/":
        return
    if not path.startswith("/"):
        yield field_invalid(f"{where}.path", path, "must start with a '/'")
    for index, step in enumerate(path[1:].removesuffix("/").split("/")):
        if not step:
            yield field_invalid(f"{where}.path", path, f"segment[{index}] may not be empty")
            continue
        for problem in dns_subdomain_problems(step):
            yield field_invalid(f"{where}.path", path, f"segment[{index}]: {problem}")
