"""What the server refuses in jobs and cron jobs."""

from __future__ import annotations

import re
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from kubex.core._go_text import go_json
from kubex.testing.failures import Cause, field_invalid, field_required
from kubex.testing.lifecycle.json_members import list_at, object_at
from kubex.testing.lifecycle.validation.pods import template_causes
from kubex.testing.lifecycle.validation.values import immutable, not_negative, one_of, unsupported

__all__ = ["cron_job_causes", "domain_path_causes", "job_causes"]

_NOT_NEGATIVE: Final = (
    "parallelism",
    "completions",
    "activeDeadlineSeconds",
    "backoffLimit",
    "ttlSecondsAfterFinished",
)
_OWN_LABEL: Final = "batch.kubernetes.io/controller-uid"
_MISMATCH: Final = "`selector` does not match template `labels`"
_DOMAIN_PATH: Final = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/[^/\s].*")
_CRON_RANGES: Final = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 6))
_CRON_WORDS: Final = frozenset(
    {"@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"}
)  # fmt: skip
_LONGEST_CRON_JOB: Final = 52


def job_causes(new: dict[str, Any], old: dict[str, Any] | None) -> list[Cause]:
    """Say what is wrong with a Job."""
    spec = new["spec"]
    causes = _generated_causes(new, spec)
    in_itself = _spec_causes(spec, "spec") + _selector_causes(spec)
    if old is None:
        return causes + in_itself
    before = old["spec"]
    causes += in_itself * 2  # the server checks the spec of a changed job twice, and tells all of it twice
    causes += immutable("spec.selector", before.get("selector"), spec.get("selector"))
    causes += immutable("spec.template", _changeable(old, before, spec), spec.get("template"))
    causes += immutable("spec.completionMode", before.get("completionMode"), spec.get("completionMode"))
    if spec.get("completionMode") != "Indexed":
        causes += immutable("spec.completions", before.get("completions"), spec.get("completions"))
    for name in ("podFailurePolicy", "successPolicy", "backoffLimitPerIndex", "managedBy"):
        causes += immutable(f"spec.{name}", before.get(name), spec.get(name))
    return causes


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
    causes += one_of(f"{where}.completionMode", spec.get("completionMode"), ("NonIndexed", "Indexed"))
    policies = ("Failed",) if spec.get("podFailurePolicy") else ("Failed", "TerminatingOrFailed")
    causes += one_of(f"{where}.podReplacementPolicy", spec.get("podReplacementPolicy"), policies)
    causes += _index_causes(spec, where)
    if spec.get("managedBy") is not None:
        causes += domain_path_causes(f"{where}.managedBy", spec["managedBy"])
    if spec.get("podFailurePolicy") is not None:
        causes += _failure_policy_causes(spec["podFailurePolicy"], f"{where}.podFailurePolicy")
    template = object_at(spec, "template")
    causes += template_causes(template, f"{where}.template")
    policy = object_at(template, "spec").get("restartPolicy", "")
    field = f"{where}.template.spec.restartPolicy"
    if policy == "Always":
        causes.append(Cause("FieldValueRequired", 'Required value: valid values: "OnFailure", "Never"', field))
    elif policy not in ("OnFailure", "Never"):
        causes.append(unsupported(field, policy, ("OnFailure", "Never")))
    elif spec.get("podFailurePolicy") is not None and policy != "Never":
        why = 'only "Never" is supported when podFailurePolicy is specified'
        causes.append(field_invalid(field, policy, why))
    return causes


def _index_causes(spec: dict[str, Any], where: str) -> list[Cause]:
    indexed = spec.get("completionMode") == "Indexed"
    causes: list[Cause] = []
    if indexed and spec.get("completions") is None:
        causes.append(field_required(f"{where}.completions", "when completion mode is Indexed"))
    limit, failed = spec.get("backoffLimitPerIndex"), spec.get("maxFailedIndexes")
    for name, value in (("backoffLimitPerIndex", limit), ("maxFailedIndexes", failed)):
        causes += not_negative(f"{where}.{name}", value)
        if value is not None and not indexed:
            causes.append(field_invalid(f"{where}.{name}", value, "requires indexed completion mode"))
    if failed is not None and limit is None:
        causes.append(field_required(f"{where}.backoffLimitPerIndex", "when maxFailedIndexes is specified"))
    policy = spec.get("successPolicy")
    if policy is not None and not indexed:
        rules = ",".join(
            f'{{"SucceededIndexes":{go_json(each.get("succeededIndexes"))},"SucceededCount":{go_json(each.get("succeededCount"))}}}'
            for each in list_at(policy, "rules")
        )
        text = f'Invalid value: {{"Rules":[{rules}]}}: requires indexed completion mode'
        causes.append(Cause("FieldValueInvalid", text, f"{where}.successPolicy"))
    return causes


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
    if "/" not in value:
        return [field_invalid(field, value, 'must be a domain-prefixed path (such as "acme.io/foo")')]
    return []


def cron_job_causes(new: dict[str, Any], old: dict[str, Any] | None) -> list[Cause]:
    """Say what is wrong with a CronJob."""
    spec = new["spec"]
    schedule, zone = spec.get("schedule", ""), spec.get("timeZone")
    causes = _schedule_causes(schedule) if schedule else [field_required("spec.schedule")]
    if zone is not None:
        causes += _zone_causes(zone)
    for name in ("startingDeadlineSeconds", "successfulJobsHistoryLimit", "failedJobsHistoryLimit"):
        causes += not_negative(f"spec.{name}", spec.get(name))
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
    name = new["metadata"].get("name", "")
    if old is None and len(name) > _LONGEST_CRON_JOB:
        causes.append(field_invalid("metadata.name", name, f"must be no more than {_LONGEST_CRON_JOB} characters"))
    return causes


def _zone_causes(zone: str) -> list[Cause]:
    if not zone:
        return [field_invalid("spec.timeZone", zone, "timeZone must be nil or non-empty string")]
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return [field_invalid("spec.timeZone", zone, f"unknown time zone {zone}")]
    return []


def _schedule_causes(schedule: str) -> list[Cause]:
    field = "spec.schedule"
    if "TZ" in schedule:
        why = "cannot use TZ or CRON_TZ in schedule, use timeZone field instead"
        return [field_invalid(field, schedule, why)]
    problem = _schedule_problem(schedule)
    return [field_invalid(field, schedule, problem)] if problem else []


def _schedule_problem(schedule: str) -> str:
    """Say why a schedule can't be read; `""` if it can. Names of days and months, and steps, are taken as they are."""
    if schedule.startswith("@"):
        known = schedule in _CRON_WORDS or schedule.startswith("@every ")
        return "" if known else f"unrecognized descriptor: {schedule}"
    parts = schedule.split()
    if len(parts) != len(_CRON_RANGES):
        return f"expected exactly {len(_CRON_RANGES)} fields, found {len(parts)}: [{' '.join(parts)}]"
    for part, (least, most) in zip(parts, _CRON_RANGES, strict=True):
        for each in part.split(","):
            numbers = each.partition("/")[0].split("-")
            if not all(number.isdigit() for number in numbers):
                continue
            if int(numbers[0]) < least:
                return f"beginning of range ({numbers[0]}) below minimum ({least}): {each}"
            if int(numbers[-1]) > most:
                return f"end of range ({numbers[-1]}) above maximum ({most}): {each}"
            if int(numbers[0]) > int(numbers[-1]):
                return f"beginning of range ({numbers[0]}) beyond end of range ({numbers[-1]}): {each}"
    return ""
