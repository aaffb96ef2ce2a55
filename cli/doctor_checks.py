"""The doctor's checks of the hub: each looks at one thing that countermeasure needs there, and says how it is."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from botocore.exceptions import ClientError

from chalicelib.patterns import numbered
from cli.doctor_check import Check, Patient, Status, fail, ok, warn
from cli.letters import queue
from infrastructure.names import FUNCTIONS, SCHEDULED, named, operator
from infrastructure.names import stack as stack_of


def credentials(patient: Patient) -> Check:
    """We are in the hub's account."""
    to = patient.deployed
    me = to.client("sts").get_caller_identity()
    if me["Account"] != to.organization.hub:
        return fail(
            "credentials",
            f"these are of the account {me['Account']}, and the hub is {to.organization.hub}",
            f"sign in to the hub, in the role {operator(to.stage)}",
        )
    return ok("credentials", f"{me['Arn']} in {to.region}")


def stack(patient: Patient) -> Check:
    """The stage's stack is there and in peace."""
    to, name = patient.deployed, stack_of(patient.deployed.stage)
    try:
        found = to.client("cloudformation").describe_stacks(StackName=name)["Stacks"][0]
    except ClientError as error:
        if "does not exist" not in str(error):
            raise
        return fail("stack", f"there is no stack {name} in {to.region}", "deploy the stage, or give its --region")
    state = found["StackStatus"]
    if state in {"CREATE_COMPLETE", "UPDATE_COMPLETE", "IMPORT_COMPLETE"}:
        return ok("stack", f"{name} is {state}")
    if state.endswith("_IN_PROGRESS"):
        return warn("stack", f"{name} is {state}", "wait until it is done, and run the doctor again")
    return fail("stack", f"{name} is {state}", "read the events of the stack in CloudFormation, and deploy again")


def function(patient: Patient, name: str) -> Check:
    """A function is there, active, and of this stage."""
    to, label = patient.deployed, f"function {name}"
    client = to.client("lambda")
    try:
        found = client.get_function_configuration(FunctionName=named(to.stage, name))
    except client.exceptions.ResourceNotFoundException:
        return fail(label, f"{named(to.stage, name)} is not there", "deploy the stage")
    state, update = found.get("State", "Active"), found.get("LastUpdateStatus", "Successful")
    if state not in {"Active", "Inactive"} or update == "Failed":
        why = found.get("StateReason") or found.get("LastUpdateStatusReason") or "no reason given"
        return fail(label, f"it is {state}, its last update {update}: {why}", "deploy the stage again")
    settings = found.get("Environment", {}).get("Variables", {})
    missing = [key for key in ("LEDGER_TABLE", "STAGE") if not settings.get(key)]
    if missing:
        return fail(label, f"its environment lacks {', '.join(missing)}", "deploy the stage again")
    if settings["STAGE"] != to.stage:
        return fail(label, f"it is of the stage {settings['STAGE']}", "deploy the stage again")
    return ok(label, f"active, {found['Runtime']}")


def pattern(patient: Patient, name: str) -> Check:
    """A function hears exactly the events that its rules are for."""
    checks = [_heard(patient, name, number) for number in range(len(patient.patterns.get(name, "1")))]
    return next((check for check in checks if check.status is not Status.OK), checks[0])


def _heard(patient: Patient, name: str, number: int) -> Check:
    """Return whether the EventBridge rule of this number is in place, calls the function, and says what it must."""
    to, label = patient.deployed, f"pattern {name}"
    events, called = to.client("events"), numbered(named(to.stage, name), number)
    try:
        rule = events.describe_rule(Name=called)
    except events.exceptions.ResourceNotFoundException:
        return fail(label, f"there is no EventBridge rule {called}: it hears nothing by it", "deploy the stage")
    if rule["State"] == "DISABLED":
        return fail(label, f"its EventBridge rule {called} is disabled: it hears nothing by it", f"enable {called}")
    targets = events.list_targets_by_rule(Rule=rule["Name"])["Targets"]
    if not any(each["Arn"].split(":function:")[-1].split(":")[0] == named(to.stage, name) for each in targets):
        return fail(label, f"the rule {rule['Name']} does not call it", "deploy the stage again")
    if name in SCHEDULED:
        return ok(label, f"called by {rule.get('ScheduleExpression', 'its rule')}")
    if json.loads(rule.get("EventPattern") or "{}") != patient.patterns[name][number]:
        return fail(
            label,
            f"the pattern of {called} is not that of the rules in this checkout",
            "deploy this checkout, or check out what is deployed",
        )
    return ok(label, "its pattern is that of its rules")


def dead_letters(patient: Patient, name: str) -> Check:
    """No event waits that a function could not answer."""
    to, label = patient.deployed, f"dead letters {name}"
    url = queue(to, name)
    if not url:
        return fail(label, "it has no dead-letter queue: what it cannot answer is lost", "deploy the stage again")
    asked = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    waiting = to.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=asked)["Attributes"]
    count = sum(int(waiting[key]) for key in asked)
    if count:
        todo = f"look at them: countermeasure deadletters --stage {to.stage} --function {name}"
        return warn(label, f"{count} events could not be answered", todo)
    return ok(label, "none")


def ledger(patient: Patient) -> Check:
    """The ledger is there, and can be restored to any second."""
    to = patient.deployed
    name = setting(patient, "LEDGER_TABLE")
    client = to.client("dynamodb")
    try:
        state = client.describe_table(TableName=name)["Table"]["TableStatus"]
    except client.exceptions.ResourceNotFoundException:
        return fail("ledger", f"the table {name} is not there: nothing can be answered or undone", "deploy the stage")
    if state not in {"ACTIVE", "UPDATING"}:
        return fail("ledger", f"the table {name} is {state}", "wait, or restore it from a point in time")
    kept = client.describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]
    if kept.get("PointInTimeRecoveryDescription", {}).get("PointInTimeRecoveryStatus") != "ENABLED":
        return warn(
            "ledger", f"{name} has no point-in-time recovery", "deploy the stage again: the template turns it on"
        )
    return ok("ledger", f"{name} is {state}, with point-in-time recovery")


def bus_policy(patient: Patient) -> Check:
    """Members may send events to the hub's bus, and nobody outside of the organization may."""
    to = patient.deployed
    rule = to.client("events").describe_rule(Name=named(to.stage, FUNCTIONS[0]))
    bus = rule.get("EventBusName") or "default"
    told = to.client("events").describe_event_bus(Name=bus).get("Policy") or '{"Statement": []}'
    allowed = [each for each in _statements(json.loads(told)) if _is_open_to_all(each)]
    todo = "deploy the stage again: the template writes this policy"
    if foreign := [each for each in allowed if _organizations(each) != {to.organization.id}]:
        name = foreign[0].get("Sid", "a statement")
        return fail("bus policy", f"{name} of the bus {bus} lets in more than {to.organization.id}", todo)
    if not allowed:
        return fail("bus policy", f"the bus {bus} takes no events from {to.organization.id}", todo)
    return ok("bus policy", f"the bus {bus} takes events from {to.organization.id} alone")


def external_id(patient: Patient) -> Check:
    """The external id is kept where organization.toml says, and is hard to guess."""
    reference = patient.deployed.organization.external_id
    if not reference:
        todo = 'keep a long random text in SSM as a SecureString, and name it: organization.external_id = "ssm:/path"'
        return fail("external id", "organization.toml names none, and members let nobody in without", todo)
    if not patient.accounts.external_id:
        todo = "store a long random text there, and let those who run this read it"
        return fail("external id", f"{reference} cannot be read, or is empty", todo)
    if len(patient.accounts.external_id) < 16:
        return warn("external id", f"{reference} holds fewer than 16 characters", "store a long random text there")
    return ok("external id", f"kept in {reference}")


def setting(patient: Patient, key: str) -> str:
    """Return an environment variable of the functions: of the first of them."""
    client = patient.deployed.client("lambda")
    found = client.get_function_configuration(FunctionName=named(patient.deployed.stage, FUNCTIONS[0]))
    return str(found.get("Environment", {}).get("Variables", {}).get(key, ""))


def _statements(policy: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    found = policy.get("Statement", [])
    yield from ([found] if isinstance(found, dict) else found)


def _is_open_to_all(statement: Mapping[str, Any]) -> bool:
    """Tell whether a statement lets everyone whom its conditions allow put events."""
    principal = statement.get("Principal")
    everyone = principal == "*" or (isinstance(principal, dict) and "*" in _listed(principal.get("AWS", [])))
    puts = {"events:*", "events:Put*", "events:PutEvents", "*"} & set(_listed(statement.get("Action", [])))
    return statement.get("Effect") == "Allow" and everyone and bool(puts)


def _organizations(statement: Mapping[str, Any]) -> set[str]:
    """Return the organizations that a statement is limited to; none where it is limited to no organization."""
    equals = (statement.get("Condition") or {}).get("StringEquals", {})
    return {id_ for key, value in equals.items() if key.lower() == "aws:principalorgid" for id_ in _listed(value)}


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
