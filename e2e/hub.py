"""The hub as it is deployed: invoke its functions as EventBridge does, and see what it told and kept."""

from __future__ import annotations

import json
import re
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from chalicelib.ledger import Ledger, Stored
from chalicelib.table import Table
from chalicelib.wiring import utc_now
from e2e.emulators import ROOT, Emulators
from e2e.package import STACK
from infrastructure.names import logical
from lab.channels import read_queue

_MEMBER, _ELSEWHERE = "111122223333", "eu-central-1"
"""The account and the region that the example events talk of."""

_UNIQUE = re.compile(r'("(?:id|Id|eventID|eventArn|communicationId)": ")([^"]+)"')
"""The ids by which events and findings are known."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a function answered: incidents or the error's text, and the seconds that it took."""

    incidents: tuple[str, ...]
    error: str
    began: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Hub:
    """The deployed stack. `queue` is subscribed to its topic."""

    aws: Emulators
    ledger: Ledger
    functions: Any
    rules: Any
    sqs: Any
    queue: str

    def invoke(self, function: str, event: Mapping[str, Any]) -> Answer:
        """Hand an event to a function and wait for what it returns."""
        began, at = time.perf_counter(), time.time()
        told = self.functions.invoke(FunctionName=f"{STACK}-{function}", Payload=json.dumps(event))
        seconds = time.perf_counter() - began
        payload = json.loads(told["Payload"].read())
        if "FunctionError" in told:
            return Answer((), str(payload.get("errorMessage", payload)), at, seconds)
        return Answer(tuple(payload or ()), "", at, seconds)

    def send(self, function: str, event: Mapping[str, Any]) -> None:
        """Hand an event over as EventBridge does: nobody waits, Lambda tries again, the queue keeps what fails."""
        self.functions.invoke(FunctionName=f"{STACK}-{function}", Payload=json.dumps(event), InvocationType="Event")

    def routed(self, event: Mapping[str, Any]) -> list[str]:
        """Return the functions whose deployed EventBridge rules take an event (TestEventPattern)."""
        text = json.dumps(event)
        found = []
        for rule in self.rules.list_rules()["Rules"]:
            pattern = rule.get("EventPattern")
            if pattern and self.rules.test_event_pattern(EventPattern=pattern, Event=text)["Result"]:
                targets = self.rules.list_targets_by_rule(Rule=rule["Name"])["Targets"]
                found += [target["Arn"].rsplit(":", 1)[1].removeprefix(f"{STACK}-") for target in targets]
        return sorted(found)

    def told(self) -> list[dict[str, Any]]:
        """Return the notices that the topic's subscriber got since it was asked last."""
        return [json.loads(envelope["Message"]) for envelope in read_queue(self.sqs, self.queue)]

    def undelivered(self, function: str, count: int, seconds: float = 60) -> dict[str, str]:
        """Wait for events in a function's dead-letter queue; return by their ids why they could not be answered."""
        name = logical(function, "DeadLetters")
        told = self.aws.stack("cloudformation").describe_stack_resource(StackName=STACK, LogicalResourceId=name)
        queue = told["StackResourceDetail"]["PhysicalResourceId"]
        deadline = time.monotonic() + seconds
        found: dict[str, str] = {}
        while len(found) < count and time.monotonic() < deadline:
            for message in self.sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=1).get("Messages", []):
                self.sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
                kept = json.loads(message["Body"])
                found[kept["requestPayload"]["id"]] = str(kept["responsePayload"].get("errorMessage", ""))
        return found

    def incident(self, id_: str) -> Stored:
        """Return an incident as the ledger keeps it."""
        return self.ledger.load(id_)


def opened(aws: Emulators, outputs: Mapping[str, str]) -> Hub:
    """Return the hub of a deployed stack, with a queue that is subscribed to its topic."""
    sns, sqs = aws.stack("sns"), aws.stack("sqs")
    queue = sqs.create_queue(QueueName="on-call")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    allowed = {"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:SendMessage"}
    policy = {"Version": "2012-10-17", "Statement": [{**allowed, "Resource": arn}]}
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"Policy": json.dumps(policy)})
    sns.subscribe(TopicArn=outputs["TopicArn"], Protocol="sqs", Endpoint=arn)
    return Hub(aws, ledger(aws, outputs["LedgerTable"]), aws.stack("lambda"), aws.stack("events"), sqs, queue)


def ledger(aws: Emulators, table: str) -> Ledger:
    """Return the hub's ledger, as its administrator reads it."""
    return Ledger(Table(aws.stack("dynamodb"), table), utc_now)


def counted(aws: Emulators, metric: str, function: str) -> float:
    """Return the sum of what a function counted of a metric in the last quarter of an hour."""
    now = utc_now()
    points = aws.stack("cloudwatch").get_metric_statistics(
        Namespace="Countermeasure",
        MetricName=metric,
        Dimensions=[{"Name": "service", "Value": function}],
        StartTime=now - timedelta(minutes=15),
        EndTime=now + timedelta(minutes=1),
        Period=300,
        Statistics=["Sum"],
    )["Datapoints"]
    return float(sum(each["Sum"] for each in points))


def example(name: str, ids: Mapping[str, str], account: str = _MEMBER, region: str = _ELSEWHERE) -> dict[str, Any]:
    """Return an event of tests/events as if it had just happened to other resources, in another place."""
    text = (ROOT / "tests" / "events" / f"{name}.json").read_text()
    for old, new in {**ids, _MEMBER: account, _ELSEWHERE: region}.items():
        text = text.replace(old, new)
    fresh = uuid.uuid4().hex
    kept = tuple(ids.values())

    def renewed(found: re.Match[str]) -> str:
        """Give an id a new end; the finding's, not that of the resource it is about."""
        id_ = found[2]
        return found[0] if id_.endswith(kept) else f'{found[1]}{id_[: max(len(id_) - 12, 0)]}{fresh[:12]}"'

    event: dict[str, Any] = json.loads(_UNIQUE.sub(renewed, text))
    return event
