"""What the server refuses in jobs and cron jobs."""

from __future__ import annotations

import re
from typing import Any, Final

from kubex.core._go_text import go_json
from kubex.testing.failures import Cause, field_invalid, field_required, field_too_long
from kubex.testing.lifecycle.json_members import list_at, object_at
from kubex.testing.lifecycle.names import dns_label_problems, dns_subdomain_problems
from kubex.testing.lifecycle.validation.pods import template_causes
from kubex.testing.lifecycle.validation.schedules import schedule_causes, zone_causes
from kubex.testing.lifecycle.validation.success_policies import success_policy_causes
from kubex.testing.lifecycle.validation.values import immutable, not_negative, one_of, unsupported

__all__ = ["cron_job_causes", "domain_path_causes", "job_causes"]

_NOT_NEGATIVE: Final = (
    "parallelism",
    "completions",
    "activeDeadlineSeconds",
    "backoffLimit",
    "ttlSecondsAfterFinished",
    "backoffLimitPerIndex",
    "maxFailedIndexes",
)
_OWN_LABEL: Final = "batch.kubernetes.io/controller-uid"
_MISMATCH: Final = "`selector` does not match template `labels`"
_LONGEST_MANAGER: Final = 63
_MOST_AT_ONCE: Final = 100_000  # of a job whose pods have indexes, so that the list of those that are done stays short
_MOST_FAILED: Final = 100_000
_MANY: Final = 100_000  # completions, from where on there are closer bounds
_MOST_OF_MANY: Final = 10_000
_LONGEST_CRON_JOB: Final = 52
_PATH: Final = re.compile(r"[A-Za-z0-9/\-._~%!$&'()*+,;=:]+")


def job_causes(new: dict[str, Any], old: dict[str, Any] | None) -> list[Cause]:
    """Say what is wrong with a Job."""
    spec = new["spec"]
    causes = _generated_causes(new, spec)
    in_itself = _spec_causes(spec, "spec") + _selector_causes(spec)
    causes += in_itself + _host_causes(new["metadata"].get("name", ""), spec)
    if old is None:
        return causes
    before = old["spec"]
    causes += in_itself  # the server checks the spec of a changed job twice, and tells all of it twice
    causes += _completions_causes(spec, before)
    causes += immutable("spec.selector", before.get("selector"), spec.get("selector"))
    causes += immutable("spec.template", _changeable(old, before, spec), spec.get("template"))
    for name in ("completionMode", "podFailurePolicy", "backoffLimitPerIndex", "managedBy", "successPolicy"):
        causes += immutable(f"spec.{name}", before.get(name), spec.get(name))
    return causes


def _host_causes(name: str, spec: dict[str, Any]) -> list[Cause]:
    """Say whether a pod of a job can have the name of a host that it is to have, which ends with its index."""
    if spec.get("completionMode") != "Indexed" or (spec.get("completions") or 0) <= 0:
        return []
    longest = f"{name}-{spec['completions'] - 1}"
    if not dns_label_problems(longest):
        return []
    return [field_invalid("metadata.name", name, f"will not able to create pod with invalid DNS label: {longest}")]


def _completions_causes(spec: dict[str, Any], before: dict[str, Any]) -> list[Cause]:
    had, has = before.get("completions"), spec.get("completions")
    if spec.get("completionMode") != "Indexed":
        return immutable("spec.completions", had, has)
    if has in (None, had, spec.get("parallelism")):
        return []
    return [field_invalid("spec.completions", has, "can only be modified in tandem with spec.parallelism")]


def _changeable(job: dict[str, Any], before: dict[str, Any], spec: dict[str, Any]) -> Any:
    """Give the template of a job as it was, with what may change of it as it is to be.

    Before it has ever run, a job that is suspended may be told where and with what labels its pods are to run.
    https://kubernetes.io/docs/concepts/workloads/controllers/job/#mutable-scheduling-directives
    """
    template: dict[str, Any] = before["template"]
    if not before.get("suspend") or object_at(job, "status").get("startTime"):
        return template
    given: dict[str, Any] = object_at(spec, "template")
    metadata = _taken_over(object_at(template, "metadata"), object_at(given, "metadata"), ("labels", "annotations"))
    pod, asked = object_at(template, "spec"), object_at(given, "spec")
    pod = _taken_over(pod, asked, ("nodeSelector", "tolerations", "schedulingGates"))
    affinity = _taken_over(object_at(pod, "affinity"), object_at(asked, "affinity"), ("nodeAffinity",))
    if affinity or "affinity" in pod:
        pod["affinity"] = affinity
    return {**template, "metadata": metadata, "spec": pod}


def _taken_over(old: dict[str, Any], new: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    kept = {name: value for name, value in old.items() if name not in names}
    return {**kept, **{name: new[name] for name in names if name in new}}


def _generated_causes(job: dict[str, Any], spec: dict[str, Any]) -> list[Cause]:
    """Say what is wrong with the selector and the labels that the server makes itself."""
    selector: dict[str, Any] | None = spec.get("selector")
    if selector is None or spec.get("manualSelector"):
        return []
    metadata: dict[str, Any] = job["metadata"]
    uid: str = metadata.get("uid", "")
    labels: dict[str, str] | None = object_at(object_at(spec, "template"), "metadata").get("labels")
    expected = {"controller-uid": uid, "job-name": metadata.get("name", "")}
    causes: list[Cause] = []
    for key, value in {
        **expected,
        **{f"batch.kubernetes.io/{name}": value for name, value in expected.items()},
    }.items():
        field = f"spec.template.metadata.labels[{key}]"
        found = (labels or {}).get(key)
        if found is None:
            causes.append(Cause("FieldValueRequired", f"Required value: must be '{value}'", field))
        elif found != value:
            text = f"Invalid value: {go_json(labels)}: must be '{value}'"
            causes.append(Cause("FieldValueInvalid", text, field))
    if object_at(selector, "matchLabels") not in ({_OWN_LABEL: uid}, {"controller-uid": uid}):
        text = f"Invalid value: {go_json(selector)}: `selector` not auto-generated"
        causes.append(Cause("FieldValueInvalid", text, "spec.selector"))
    return causes


def _selector_causes(spec: dict[str, Any]) -> list[Cause]:
    selector: dict[str, Any] | None = spec.get("selector")
    labels: dict[str, str] | None = object_at(object_at(spec, "template"), "metadata").get("labels")
    matched: dict[str, Any] = object_at(selector or {}, "matchLabels")
    causes: list[Cause] = [] if selector is not None else [field_required("spec.selector")]
    if selector is None or any(labels is None or labels.get(key) != value for key, value in matched.items()):
        text = f"Invalid value: {go_json(labels)}: {_MISMATCH}"
        causes.append(Cause("FieldValueInvalid", text, "spec.template.metadata.labels"))
    return causes


def _spec_causes(spec: dict[str, Any], where: str) -> list[Cause]:
    causes: list[Cause] = []
    for name in _NOT_NEGATIVE:
        causes += not_negative(f"{where}.{name}", spec.get(name))
    if spec.get("maxFailedIndexes") is not None and spec.get("backoffLimitPerIndex") is None:
        causes.append(field_required(f"{where}.backoffLimitPerIndex", "when maxFailedIndexes is specified"))
    if spec.get("managedBy") is not None:
        causes += _manager_causes(f"{where}.managedBy", spec["managedBy"])
    causes += one_of(f"{where}.completionMode", spec.get("completionMode"), ("NonIndexed", "Indexed"))
    causes += _index_causes(spec, where)
    failures = spec.get("podFailurePolicy")
    if failures is not None:
        causes += _failure_policy_causes(failures, f"{where}.podFailurePolicy")
    causes += _success_causes(spec, f"{where}.successPolicy")
    policies = ("Failed",) if failures is not None else ("Failed", "TerminatingOrFailed")
    causes += one_of(f"{where}.podReplacementPolicy", spec.get("podReplacementPolicy"), policies)
    template = object_at(spec, "template")
    causes += template_causes(template, f"{where}.template")
    policy = object_at(template, "spec").get("restartPolicy", "")
    field = f"{where}.template.spec.restartPolicy"
    if policy == "Always":
        causes.append(Cause("FieldValueRequired", 'Required value: valid values: "OnFailure", "Never"', field))
    elif policy not in ("OnFailure", "Never"):
        causes.append(unsupported(field, policy, ("OnFailure", "Never")))
    elif failures is not None and policy != "Never":
        why = 'only "Never" is supported when podFailurePolicy is specified'
        causes.append(field_invalid(field, policy, why))
    return causes


def _manager_causes(field: str, name: str) -> list[Cause]:
    causes = domain_path_causes(field, name)
    if len(name.encode()) > _LONGEST_MANAGER:
        causes.append(field_too_long(field, _LONGEST_MANAGER))
    return causes


def _index_causes(spec: dict[str, Any], where: str) -> list[Cause]:
    mode, completions = spec.get("completionMode"), spec.get("completions")
    limit, failed, parallelism = (
        spec.get(name) for name in ("backoffLimitPerIndex", "maxFailedIndexes", "parallelism")
    )
    causes: list[Cause] = []
    if mode in (None, "NonIndexed"):
        for name, value in (("backoffLimitPerIndex", limit), ("maxFailedIndexes", failed)):
            if value is not None:
                causes.append(field_invalid(f"{where}.{name}", value, "requires indexed completion mode"))
    if mode != "Indexed":
        return causes
    at_once, of_failed = f"{where}.parallelism", f"{where}.maxFailedIndexes"
    if completions is None:
        causes.append(field_required(f"{where}.completions", "when completion mode is Indexed"))
    causes += _at_most(at_once, parallelism, _MOST_AT_ONCE, f"{_MOST_AT_ONCE} when completion mode is Indexed")
    causes += _at_most(of_failed, failed, completions, "completions")
    causes += _at_most(of_failed, failed, _MOST_FAILED, str(_MOST_FAILED))
    if completions is not None and completions > _MANY and limit is not None:
        if failed is None:
            causes.append(field_required(of_failed, f"must be specified when completions is above {_MANY}"))
        most = f"{_MOST_OF_MANY} when completions are above {_MANY} and used with backoff limit per index"
        causes += _at_most(at_once, parallelism, _MOST_OF_MANY, most)
        causes += _at_most(of_failed, failed, _MOST_OF_MANY, most)
    return causes


def _at_most(field: str, value: int | None, most: int | None, shown: str) -> list[Cause]:
    """A number is not above a bound, where there are both."""
    if value is None or most is None or value <= most:
        return []
    return [field_invalid(field, value, f"must be less than or equal to {shown}")]


def _success_causes(spec: dict[str, Any], field: str) -> list[Cause]:
    policy = spec.get("successPolicy")
    if policy is None:
        return []
    if spec.get("completionMode") == "Indexed":
        return success_policy_causes(policy, spec.get("completions"), field)
    rules = ",".join(
        f'{{"SucceededIndexes":{go_json(each.get("succeededIndexes"))},"SucceededCount":{go_json(each.get("succeededCount"))}}}'
        for each in list_at(policy, "rules")
    )
    text = f'Invalid value: {{"Rules":[{rules}]}}: requires indexed completion mode'
    return [Cause("FieldValueInvalid", text, field)]


def _failure_policy_causes(policy: dict[str, Any], where: str) -> list[Cause]:
    causes: list[Cause] = []
    for index, rule in enumerate(list_at(policy, "rules")):
        field = f"{where}.rules[{index}]"
        causes += one_of(f"{field}.action", rule.get("action", ""), ("Count", "FailIndex", "FailJob", "Ignore"))
        codes = rule.get("onExitCodes")
        if codes is None:
            continue
        operator = codes.get("operator", "")
        causes += one_of(f"{field}.onExitCodes.operator", operator, ("In", "NotIn"))
        for place, code in enumerate(list_at(codes, "values")):
            if code == 0 and operator == "In":
                why = "must not be 0 for the In operator"
                causes.append(field_invalid(f"{field}.onExitCodes.values[{place}]", code, why))
    return causes


def domain_path_causes(field: str, value: str) -> list[Cause]:
    """A text is a path after a domain: `example.com/name`."""
    if not value:
        return [field_required(field)]
    host, _, path = value.partition("/")
    if not host or not path:
        return [field_invalid(field, value, 'must be a domain-prefixed path (such as "acme.io/foo")')]
    causes = [field_invalid(field, host, each) for each in dns_subdomain_problems(host)]
    if not _PATH.fullmatch(path):
        why = f"Invalid path (regex used for validation is '{_PATH.pattern}')"
        causes.append(field_invalid(field, path, why))
    return causes


def cron_job_causes(new: dict[str, Any], old: dict[str, Any] | None) -> list[Cause]:
    """Say what is wrong with a CronJob."""
    spec = new["spec"]
    before: dict[str, Any] = old["spec"] if old is not None else {}
    schedule, zone = spec.get("schedule", ""), spec.get("timeZone")
    causes = (
        schedule_causes("spec.schedule", schedule, before.get("schedule", ""), zone)
        if schedule
        else [field_required("spec.schedule")]
    )
    causes += not_negative("spec.startingDeadlineSeconds", spec.get("startingDeadlineSeconds"))
    if zone is not None and zone != before.get("timeZone"):
        causes += zone_causes("spec.timeZone", zone)
    policies = ("Allow", "Forbid", "Replace")
    causes += one_of("spec.concurrencyPolicy", spec.get("concurrencyPolicy", ""), policies)
    job: dict[str, Any] = object_at(object_at(spec, "jobTemplate"), "spec")
    where = "spec.jobTemplate.spec"
    causes += _spec_causes(job, where)
    if job.get("selector") is not None:
        text = f"Invalid value: {go_json(job['selector'])}: `selector` will be auto-generated"
        causes.append(Cause("FieldValueInvalid", text, f"{where}.selector"))
    if job.get("manualSelector"):
        causes.append(unsupported(f"{where}.manualSelector", "true", ("nil", "false")))
    for name in ("successfulJobsHistoryLimit", "failedJobsHistoryLimit"):
        causes += not_negative(f"spec.{name}", spec.get(name))
    name = new["metadata"].get("name", "")
    if old is None and len(name) > _LONGEST_CRON_JOB:
        causes.append(field_invalid("metadata.name", name, f"must be no more than {_LONGEST_CRON_JOB} characters"))
    return causes
