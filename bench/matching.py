"""How long an event takes against 1,000 and 10,000 realistic rules: `python -m bench.matching`."""

import time
from collections.abc import Iterator
from itertools import cycle, islice, product
from statistics import median
from typing import Any, TypeAlias

from bench.report import Part, Promise, shown
from chalicelib.pattern import Index

GOAL_MICROSECONDS = 50
GOAL_RATIO = 2
ROUNDS = 3000

SERVICES = [f"service{number}" for number in range(40)]
VERBS = ("Create", "Delete", "Put", "Update", "Attach", "Detach", "Stop", "Disable", "Modify", "Authorize")
PURPOSES = (
    "Backdoor",
    "CryptoCurrency",
    "Discovery",
    "Exfiltration",
    "Impact",
    "Recon",
    "Trojan",
    "UnauthorizedAccess",
)
RESOURCES = ("EC2", "IAMUser", "S3", "EKS", "ECS", "Lambda", "RDS", "Kubernetes", "Runtime")
CHECKS = ("encrypted", "public-read-prohibited", "logging-enabled", "mfa-required", "tls-only", "rotation-on", "tagged")


def guardduty(number: int, name: str) -> dict[str, Any]:
    purpose, resource = PURPOSES[number % len(PURPOSES)], RESOURCES[number // 8 % len(RESOURCES)]
    finding = f"{purpose}:{resource}/{name}"
    return {
        "source": ["aws.guardduty"],
        "detail-type": ["GuardDuty Finding"],
        "detail": {
            "type": [{"prefix": finding[:-1]} if number % 3 == 0 else finding],
            "severity": [{"numeric": [">=", number % 8]}],
        },
    }


def cloudtrail(number: int, name: str) -> dict[str, Any]:
    service, verb = SERVICES[number % len(SERVICES)], VERBS[number // 40 % len(VERBS)]
    other = [f"{VERBS[(number + 3) % len(VERBS)]}{name}"] if number % 4 == 0 else []
    return {
        "source": [f"aws.{service}"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "eventSource": [f"{service}.amazonaws.com"],
            "eventName": [f"{verb}{name}", *other],
            "errorCode": [{"exists": False}],
        },
    }


def config(number: int, name: str) -> dict[str, Any]:
    rule = f"{SERVICES[number % len(SERVICES)]}-{name.lower()}-{CHECKS[number % len(CHECKS)]}"
    wanted = (
        {"wildcard": f"securityhub-{rule}-*"},
        {"wildcard": f"*{rule}*"},
        {"prefix": rule},
        {"suffix": rule},
        {"equals-ignore-case": rule.upper()},
    )[number % 5]
    return {
        "source": ["aws.config"],
        "detail-type": ["Config Rules Compliance Change"],
        "detail": {"configRuleName": [wanted], "newEvaluationResult": {"complianceType": ["NON_COMPLIANT"]}},
    }


def security_hub(number: int, name: str) -> dict[str, Any]:
    control = f"{name.upper()}.{number % 40}"
    return {
        "source": ["aws.securityhub"],
        "detail-type": ["Security Hub Findings - Imported"],
        "detail": {
            "findings": {
                "Compliance": {"SecurityControlId": [control], "Status": ["FAILED"]},
                "Workflow": {"Status": ["NEW", "NOTIFIED"]},
                "RecordState": ["ACTIVE"],
            }
        },
    }


SOURCES = (guardduty, cloudtrail, config, security_hub)


def names() -> Iterator[str]:
    """Names of things, each different: NodeAlpha0, QueueAlpha0, ... as many as are asked for."""
    things = ("Node", "Queue", "Trail", "Bucket", "Policy", "Gateway", "Cluster", "Volume", "Snapshot", "Key", "Role")
    words = ("Alpha", "Access", "Network", "Public", "Default", "Master", "Replica", "Session", "Shared", "Remote")
    for serial in range(1000):
        for thing, word in product(things, words):
            yield f"{thing}{word}{serial or ''}"


def rules(count: int) -> list[tuple[dict[str, Any], int]]:
    return [
        (source(number // len(SOURCES), name), number)
        for number, (source, name) in enumerate(islice(zip(cycle(SOURCES), names(), strict=False), count))
    ]


def envelope(pattern: dict[str, Any], detail: dict[str, Any]) -> dict[str, Any]:
    return {
        "version": "0",
        "id": "7bf73129-1428-4cd3-a780-95db273d1602",
        "source": pattern["source"][0],
        "detail-type": pattern["detail-type"][0],
        "account": "111122223333",
        "time": "2026-01-05T12:00:00Z",
        "region": "eu-central-1",
        "resources": [],
        "detail": detail,
    }


def text_for(value: Any) -> str:
    """A text that the match expression matches."""
    if isinstance(value, str):
        return value
    operator, text = next(iter(value.items()))
    around = {"prefix": "{}x", "suffix": "x{}", "wildcard": "{}", "equals-ignore-case": "{}"}[operator]
    return around.format(text.replace("*", "x"))


def event_for(pattern: dict[str, Any]) -> dict[str, Any]:
    """An event of the size that the source sends, which matches the pattern."""
    wanted = pattern["detail"]
    filler = {f"attribute{number}": {"key": "value", "list": [1, 2, 3]} for number in range(20)}
    match pattern["source"][0]:
        case "aws.guardduty":
            detail = {"type": text_for(wanted["type"][0]), "severity": 8, "service": filler, "resource": filler}
        case "aws.config":
            detail = {
                "configRuleName": text_for(wanted["configRuleName"][0]),
                "newEvaluationResult": {"complianceType": "NON_COMPLIANT"},
                "oldEvaluationResult": filler,
            }
        case "aws.securityhub":
            control = wanted["findings"]["Compliance"]["SecurityControlId"][0]
            finding = {
                **filler,
                "Compliance": {"SecurityControlId": control, "Status": "FAILED"},
                "Workflow": {"Status": "NEW"},
                "RecordState": "ACTIVE",
            }
            detail = {"findings": [finding]}
        case _:
            names = {"eventSource": wanted["eventSource"][0], "eventName": wanted["eventName"][0]}
            detail = {**filler, **names, "userIdentity": filler, "requestParameters": filler}
    return envelope(pattern, detail)


Case: TypeAlias = tuple[dict[str, Any], int]


def cases(entries: list[Case], source: int) -> list[Case]:
    """Up to 250 events of one source, each with the number of a rule that it matches."""
    step = len(SOURCES) * max(1, len(entries) // 1_000)
    return [(event_for(pattern), number) for pattern, number in entries[source::step]]


def measured(indexes: dict[int, Index[int]], events: dict[int, list[Case]], rounds: int) -> dict[int, list[float]]:
    """Microseconds per event for each number of rules, in turns, so that what else the machine does weighs on all."""
    times: dict[int, list[float]] = {count: [] for count in indexes}
    for turn in range(rounds):
        for count, index in indexes.items():
            event, number = events[count][turn % len(events[count])]
            before = time.process_time_ns()
            matched = index.match(event)
            times[count].append((time.process_time_ns() - before) / 1000)
            assert number in matched, (number, matched, event)
    return times


def part(rounds: int = ROUNDS) -> Part:
    """Measure, and say what it came to."""
    entries = {count: rules(count) for count in (1_000, 10_000)}
    indexes = {count: Index(patterns) for count, patterns in entries.items()}
    rows, everything = [], {count: list[float]() for count in entries}
    for source, make in enumerate(SOURCES):
        times = measured(indexes, {count: cases(each, source) for count, each in entries.items()}, rounds)
        rows.append([make.__name__, *map(_described, times.values())])
        for count, each in times.items():
            everything[count] += each
    rows.append(["all", *map(_described, everything.values())])
    few, many = (median(each) for each in everything.values())
    promises = [
        Promise(
            f"An event is matched against 1,000 rules in less than {GOAL_MICROSECONDS} microseconds.",
            few < GOAL_MICROSECONDS,
            f"{few:.1f} microseconds",
        ),
        Promise(
            f"10,000 rules take less than {GOAL_RATIO} times as long.", many / few < GOAL_RATIO, f"{many / few:.2f}"
        ),
    ]
    note = (
        "Microseconds to find the rules that an event fires, on one core: the median, and what one in a hundred takes."
    )
    return Part("Matching", note, ["Source of the event", "1,000 rules", "10,000 rules"], rows, promises)


def _described(times: list[float]) -> str:
    return f"{median(times):.1f} (p99 {sorted(times)[-(len(times) // 100) - 1]:.1f})"


if __name__ == "__main__":
    print(shown(part()))
