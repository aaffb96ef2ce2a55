"""What `countermeasure doctor` says of a deployment: each check when it is well, and each way in which it is not."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError
from slack_sdk.errors import SlackApiError

from chalicelib.catalogue import Catalogue
from chalicelib.notify.secrets import SlackSecret
from chalicelib.organization import Channels
from chalicelib.patterns import SOURCES
from cli import doctor
from cli import doctor_checks as hub
from cli import doctor_checks_members as members
from cli import doctor_checks_telling as telling
from cli.doctor_check import Check, Patient
from infrastructure.names import ENDPOINT, FUNCTIONS, HEARTBEAT, named
from lab.organization import HUB, TABLE, Lab
from tests.deployment import REGION, STAGE, Deployment, Pages, Trust, With, refused

MEMBER = "444455556666"
pytestmark = pytest.mark.filterwarnings("ignore:Exception.QueueDoesNotExist")  # moto's own doubt about its error code
Make = Callable[[Deployment], Any]


@pytest.fixture
def deployment(lab: Lab, catalogue: Catalogue) -> Deployment:
    return Deployment(lab, catalogue)


class Workspace:
    """Slack's auth.test."""

    def __init__(self, error: str = "", scopes: str = "chat:write,commands") -> None:
        self.error, self.headers = error, {"X-OAuth-Scopes": scopes}

    def auth_test(self) -> Any:
        if self.error == "unreachable":
            raise TimeoutError
        if self.error:
            raise SlackApiError("no", {"ok": False, "error": self.error})
        return self

    def get(self, key: str, default: str) -> str:
        return {"user": "countermeasure", "team": "shop"}.get(key, default)


def with_slack(workspace: Workspace, token: str = "xoxb-EXAMPLE", channel: str = "#security") -> Make:
    def make(deployment: Deployment) -> None:
        deployment.slack = workspace
        deployment.secret = SlackSecret(bot_token=token) if token else SlackSecret(webhook_url="https://example.com")
        deployment.channels = Channels(slack_secret="secretsmanager:slack", slack_channel=channel)

    return make


def instead(service: str, **calls: Any) -> Make:
    def make(deployment: Deployment) -> None:
        deployment.instead[service] = With(deployment.aws(service), **calls)

    return make


def both(*makes: Make) -> Make:
    def make(deployment: Deployment) -> None:
        for each in makes:
            each(deployment)

    return make


def nothing(_: Deployment) -> None:
    """Leave the hub as it is: empty."""


def answers(value: Any) -> Callable[..., Any]:
    return lambda *_, **__: value


def raises(code: str, operation: str = "X") -> Callable[..., Any]:
    def fail(*_: Any, **__: Any) -> None:
        raise refused(code, operation)

    return fail


def sent(deployment: Deployment) -> None:
    url = deployment.aws("sqs").create_queue(QueueName=named(STAGE, "config"))["QueueUrl"]
    deployment.aws("sqs").send_message(QueueUrl=url, MessageBody="{}")


def configured(**status: Any) -> Make:
    told = {"ConfigurationRecordersStatus": [{"name": "default", "recording": True, "lastStatus": "Success", **status}]}
    return instead("config", describe_configuration_recorder_status=answers(told))


def trailed(**status: Any) -> Make:
    trail = {"Name": "all", "TrailARN": "arn", **status}
    told = {"describe_trails": answers({"trailList": [trail]}), "get_trail_status": answers({"IsLogging": True})}
    return instead("cloudtrail", **told)


def rule(**told: Any) -> Make:
    return lambda deployment: deployment.rule("config", **told)


def disabled(deployment: Deployment) -> None:
    deployment.rule("config")
    deployment.aws("events").disable_rule(Name=named(STAGE, "config"))


def stacked(status: str) -> Make:
    return lambda deployment: deployment.stack(status)


def no_stack(deployment: Deployment) -> None:
    def missing(*_: Any, **__: Any) -> None:
        told = {"Code": "ValidationError", "Message": "Stack with id countermeasure-dev does not exist"}
        raise ClientError({"Error": told}, "DescribeStacks")

    deployment.instead["cloudformation"] = With(None, describe_stacks=missing)


def in_state(**state: str) -> Make:
    told = {"Runtime": "python3.13", "Environment": {"Variables": {"STAGE": STAGE, "LEDGER_TABLE": TABLE}}, **state}
    return instead("lambda", get_function_configuration=answers(told))


def subscribed(*arns: str) -> Make:
    class Subscriptions:
        def paginate(self, **_: Any) -> Any:
            return [{"Subscriptions": [{"SubscriptionArn": arn} for arn in arns]}]

    return both(
        lambda deployment: deployment.function("guardduty"), instead("sns", get_paginator=answers(Subscriptions()))
    )


def with_external_id(value: str) -> Make:
    return lambda deployment: setattr(deployment, "external_id", value)


def bus(**told: Any) -> Make:
    return both(lambda d: d.rule("guardduty"), lambda d: d.bus_policy(**told) if told else None)


def beats(*values: tuple[int, int]) -> Make:
    def make(deployment: Deployment) -> None:
        deployment.rule(HEARTBEAT)
        for value, minutes in values:
            deployment.beat(value, datetime.now(UTC) - timedelta(minutes=minutes))

    return make


def function(patient: Patient) -> Check:
    return hub.function(patient, "config")


def pattern(patient: Patient) -> Check:
    return hub.pattern(patient, "config")


def dead_letters(patient: Patient) -> Check:
    return hub.dead_letters(patient, "config")


def role(patient: Patient) -> Check:
    return members.role(patient, MEMBER)


def guardduty(patient: Patient) -> Check:
    return members.guardduty(patient, REGION, [HUB, MEMBER])


def securityhub(patient: Patient) -> Check:
    return members.securityhub(patient, REGION, [HUB, MEMBER])


def trail(patient: Patient) -> Check:
    return members.trail(patient, REGION)


def config(patient: Patient) -> Check:
    return members.config(patient, REGION)


def detector(status: str, *watched: str) -> Make:
    calls = {
        "list_detectors": answers({"DetectorIds": ["1"]}),
        "get_detector": answers({"Status": status}),
        "get_paginator": answers(Pages(list(watched))),
    }
    return instead("guardduty", **calls)


def hubbed(*watched: str) -> Make:
    told = {"Members": [{"AccountId": id_, "MemberStatus": "Enabled"} for id_ in watched]}
    return instead("securityhub", describe_hub=answers({}), list_members=answers(told))


ALL_ORG = {"Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-foreign00000"}}}
HEALTHY: dict[str, tuple[Callable[[Patient], Check], Make, str]] = {
    "credentials of the hub": (
        hub.credentials,
        nothing,
        f"arn:aws:sts::{HUB}:assumed-role/administrator/lab in us-east-1",
    ),
    "a stack at peace": (hub.stack, Deployment.stack, "countermeasure-dev is CREATE_COMPLETE"),
    "a function": (function, lambda d: d.function("config"), "active, python3.13"),
    "a pattern": (pattern, rule(), "its pattern is that of its rules"),
    "a heartbeat's rule": (
        lambda p: hub.pattern(p, HEARTBEAT),
        lambda d: d.rule(HEARTBEAT),
        "called by rate(5 minutes)",
    ),
    "an empty queue": (
        dead_letters,
        lambda d: d.aws("sqs").create_queue(QueueName=named(STAGE, "config")),
        "none",
    ),
    "a ledger": (
        hub.ledger,
        both(lambda d: d.function("guardduty"), Deployment.recovery),
        f"{TABLE} is ACTIVE, with point-in-time recovery",
    ),
    "a bus": (hub.bus_policy, bus(Sid="Members"), "the bus default takes events from o-lab0example0 alone"),
    "a bus that one account may write to besides": (
        hub.bus_policy,
        both(
            bus(Sid="Members"),
            lambda d: d.aws("events").put_permission(
                Action="events:PutEvents", Principal="111122223333", StatementId="One"
            ),
        ),
        "the bus default takes events from o-lab0example0 alone",
    ),
    "an external id": (hub.external_id, nothing, "kept in ssm:/countermeasure/external-id"),
    "a topic": (
        telling.topic,
        both(lambda d: d.function("guardduty"), lambda d: d.topic("sqs")),
        "1 subscribers",
    ),
    "no Slack": (telling.slack_token, nothing, "not used"),
    "a bot": (telling.slack_token, with_slack(Workspace()), "countermeasure in shop"),
    "a webhook": (
        telling.slack_token,
        with_slack(Workspace(), token=""),
        "a webhook: it can only be tried with a message",
    ),
    "a heartbeat": (telling.heartbeat, beats((1, 3)), "seen in every function within 0:10:00"),
    "a role": (role, nothing, "countermeasure-responder can be assumed, and used in us-east-1"),
    "a role that asks": (lambda p: members.asks_for_external_id(p, MEMBER), nothing, "asked for"),
    "a trail": (trail, trailed(IsOrganizationTrail=True), "all logs for the organization"),
    "GuardDuty": (guardduty, detector("ENABLED", MEMBER), "on, with 1 members"),
    "Security Hub": (securityhub, hubbed(MEMBER), "on, with 1 members"),
    "Config": (config, configured(), "default records"),
    "accounts without AWS Organizations": (
        lambda p: members.accounts(p, ""),
        instead("organizations", get_paginator=raises("AccessDeniedException")),
        "6 in organization.toml; AWS Organizations is not asked (ClientError)",
    ),
}


@pytest.mark.parametrize(("check", "make", "text"), HEALTHY.values(), ids=HEALTHY)
def test_what_is_well_is_ok(deployment: Deployment, check: Callable[[Patient], Check], make: Make, text: str) -> None:
    deployment.lab.administrator(MEMBER)
    make(deployment)
    said = check(deployment.patient)
    assert (said.status, said.text, said.todo) == ("ok", text, "")


ILL: dict[str, tuple[Callable[[Patient], Check], Make, str, str]] = {
    "credentials of another account": (
        hub.credentials,
        instead("sts", get_caller_identity=answers({"Account": MEMBER, "Arn": "a"})),
        "fail",
        f"these are of the account {MEMBER}, and the hub is {HUB}",
    ),
    "no stack": (hub.stack, no_stack, "fail", "there is no stack countermeasure-dev in us-east-1"),
    "a stack that failed": (
        hub.stack,
        stacked("UPDATE_ROLLBACK_COMPLETE"),
        "fail",
        "countermeasure-dev is UPDATE_ROLLBACK_COMPLETE",
    ),
    "a stack at work": (
        hub.stack,
        stacked("UPDATE_IN_PROGRESS"),
        "warn",
        "countermeasure-dev is UPDATE_IN_PROGRESS",
    ),
    "no function": (function, nothing, "fail", "countermeasure-dev-config is not there"),
    "a function that failed": (
        function,
        in_state(State="Failed", StateReason="no role"),
        "fail",
        "it is Failed, its last update Successful: no role",
    ),
    "an update that failed": (
        function,
        in_state(State="Active", LastUpdateStatus="Failed"),
        "fail",
        "it is Active, its last update Failed: no reason given",
    ),
    "a function of another stage": (
        function,
        lambda d: d.function("config", STAGE="prod"),
        "fail",
        "it is of the stage prod",
    ),
    "a function without a ledger": (
        function,
        lambda d: d.function("config", LEDGER_TABLE=""),
        "fail",
        "its environment lacks LEDGER_TABLE",
    ),
    "no rule": (
        pattern,
        nothing,
        "fail",
        "there is no EventBridge rule countermeasure-dev-config: it hears nothing by it",
    ),
    "a rule that is disabled": (
        pattern,
        disabled,
        "fail",
        "its EventBridge rule countermeasure-dev-config is disabled: it hears nothing by it",
    ),
    "a rule that calls another": (
        pattern,
        rule(target="health"),
        "fail",
        "the rule countermeasure-dev-config does not call it",
    ),
    "another pattern": (
        pattern,
        rule(pattern={"source": ["aws.config"]}),
        "fail",
        "the pattern of countermeasure-dev-config is not that of the rules in this checkout",
    ),
    "no queue": (dead_letters, nothing, "fail", "it has no dead-letter queue: what it cannot answer is lost"),
    "a letter": (dead_letters, sent, "warn", "1 events could not be answered"),
    "no ledger": (
        hub.ledger,
        lambda d: d.function("guardduty", LEDGER_TABLE="gone"),
        "fail",
        "the table gone is not there: nothing can be answered or undone",
    ),
    "a ledger that cannot be restored": (
        hub.ledger,
        lambda d: d.function("guardduty"),
        "warn",
        f"{TABLE} has no point-in-time recovery",
    ),
    "a bus without a policy": (hub.bus_policy, bus(), "fail", "the bus default takes no events from o-lab0example0"),
    "a bus of another organization": (
        hub.bus_policy,
        bus(organization="o-foreign00000"),
        "fail",
        "Members of the bus default lets in more than o-lab0example0",
    ),
    "a bus that is open to the world": (
        hub.bus_policy,
        bus(Condition=None),
        "fail",
        "Members of the bus default lets in more than o-lab0example0",
    ),
    "an external id that cannot be read": (
        hub.external_id,
        with_external_id(""),
        "fail",
        "ssm:/countermeasure/external-id cannot be read, or is empty",
    ),
    "a short external id": (
        hub.external_id,
        with_external_id("short"),
        "warn",
        "ssm:/countermeasure/external-id holds fewer than 16 characters",
    ),
    "no topic": (
        telling.topic,
        lambda d: d.function("guardduty"),
        "fail",
        f"arn:aws:sns:us-east-1:{HUB}:countermeasure-dev is not there",
    ),
    "no subscriber": (
        telling.topic,
        subscribed(),
        "fail",
        f"nobody has subscribed to arn:aws:sns:us-east-1:{HUB}:countermeasure-dev",
    ),
    "no subscriber that has confirmed": (
        telling.topic,
        subscribed("PendingConfirmation"),
        "fail",
        f"no subscription to arn:aws:sns:us-east-1:{HUB}:countermeasure-dev is confirmed",
    ),
    "a subscriber that has not confirmed": (
        telling.topic,
        subscribed("PendingConfirmation", "arn"),
        "warn",
        "1 of 2 subscriptions are not confirmed",
    ),
    "a token that Slack refuses": (
        telling.slack_token,
        with_slack(Workspace("token_revoked")),
        "fail",
        "Slack refuses the token: token_revoked",
    ),
    "a Slack that is not there": (
        telling.slack_token,
        with_slack(Workspace("unreachable")),
        "fail",
        "Slack could not be reached: TimeoutError",
    ),
    "a bot that may not write": (
        telling.slack_token,
        with_slack(Workspace(scopes="commands")),
        "fail",
        "the app may not write: it lacks chat:write",
    ),
    "a bot without a channel": (
        telling.slack_token,
        with_slack(Workspace(), channel=""),
        "fail",
        "the bot has no channel to write to",
    ),
    "no trail": (trail, nothing, "fail", "there is no trail: API calls are neither kept nor heard of"),
    "a trail that is stopped": (
        trail,
        both(trailed(), instead("cloudtrail", get_trail_status=answers({"IsLogging": False}))),
        "fail",
        "no trail logs: all",
    ),
    "a trail of the hub alone": (trail, trailed(), "warn", "all logs, and is of this account alone"),
    "no detector": (guardduty, nothing, "fail", "GuardDuty is off in the hub"),
    "a detector that is suspended": (guardduty, detector("DISABLED"), "fail", "the hub's detector is suspended"),
    "a member without GuardDuty": (guardduty, detector("ENABLED"), "fail", f"the hub hears nothing of {MEMBER}"),
    "no Security Hub": (securityhub, nothing, "fail", "Security Hub is off in the hub"),
    "a member without Security Hub": (securityhub, hubbed(), "fail", f"the hub hears nothing of {MEMBER}"),
    "no recorder": (config, nothing, "fail", "Config has no recorder in the hub"),
    "a recorder that is stopped": (config, configured(recording=False), "fail", "the recorder default is stopped"),
    "a recorder that cannot deliver": (
        config,
        configured(lastStatus="Failure", lastErrorMessage="no bucket"),
        "fail",
        "the recorder cannot deliver: no bucket",
    ),
    "an account that nobody knows": (
        lambda p: members.accounts(p, "123456789012"),
        nothing,
        "fail",
        "123456789012 is in no environment: it would only be watched",
    ),
}


@pytest.mark.parametrize(("check", "make", "status", "text"), ILL.values(), ids=ILL)
def test_what_is_not_well_is_told_with_what_to_do(
    deployment: Deployment, check: Callable[[Patient], Check], make: Make, status: str, text: str
) -> None:
    make(deployment)
    said = check(deployment.patient)
    assert (said.status, said.text) == (status, text)
    assert said.todo


def test_without_a_heartbeat_or_with_one_that_is_old_or_failed_the_deployment_is_not_alive(
    deployment: Deployment,
) -> None:
    beats((1, 60), (0, 1))(deployment)
    said = telling.heartbeat(deployment.patient)
    assert (said.status, said.text[:27]) == ("fail", "none in guardduty, security")
    assert said.todo == "read the log of countermeasure-dev-heartbeat, and its dead letters"


def test_a_function_that_no_heartbeat_reaches_is_named_with_where_to_look(deployment: Deployment) -> None:
    deployment.rule(HEARTBEAT)
    deployment.beat(sources=[source for source in SOURCES if source != "config"])
    said = telling.heartbeat(deployment.patient)
    assert (said.status, said.text[:22]) == ("fail", "none in config since 2")
    assert said.todo == "read the log of countermeasure-dev-config, and its dead letters"


def forwarding(patient: Patient) -> Check:
    return members.forwarding(patient, MEMBER)


def test_an_account_that_forwards_what_the_hub_hears_is_well(deployment: Deployment) -> None:
    deployment.forwards(MEMBER)
    said = forwarding(deployment.patient)
    assert (said.status, said.text) == ("ok", "from us-east-1")


def test_an_account_that_forwards_nothing_is_a_failure_that_names_the_rules(deployment: Deployment) -> None:
    deployment.lab.administrator(MEMBER)
    said = forwarding(deployment.patient)
    assert said.status == "fail"
    assert said.text.startswith("us-east-1 has no rule countermeasure-accessanalyzer, countermeasure-cloudtrail, ")
    assert said.text.endswith("; us-east-1 has no queue countermeasure-undelivered")
    assert said.todo.startswith(f"deploy the member template in {MEMBER} again")


def test_a_role_that_does_not_know_our_external_id_is_named_with_its_account(deployment: Deployment) -> None:
    deployment.external_id = "another-long-random-text"
    said = role(deployment.patient)
    assert said.status == "fail"
    assert said.text.startswith(
        f"arn:aws:iam::{MEMBER}:role/countermeasure-responder could not be assumed: AccessDenied"
    )
    assert said.todo.startswith(f"deploy the member template in {MEMBER}, with the external id of ssm:")


def test_a_region_that_is_not_enabled_in_the_account_is_named(deployment: Deployment, monkeypatch: Any) -> None:
    patient = deployment.patient

    class Closed:
        def get(self, service: str, region: str) -> Any:
            return With(None, get_caller_identity=raises("InvalidClientTokenId"))

    patient.accounts.clients = Closed()  # type: ignore[assignment]
    said = role(patient)
    assert (said.status, said.text) == ("fail", "us-east-1 is not enabled there")


def test_a_role_that_lets_in_who_does_not_know_the_external_id_is_a_failure(deployment: Deployment) -> None:
    deployment.lab.administrator(MEMBER)
    patient = deployment.patient
    patient.accounts.sts = Trust(deployment.aws("sts"), ask=False)
    said = members.asks_for_external_id(patient, MEMBER)
    assert (said.status, said.text) == ("fail", "the responder lets in whoever names another external id")


def test_accounts_that_are_in_no_environment_or_not_in_the_organization_are_named(deployment: Deployment) -> None:
    client = deployment.lab.boto("123456789012", REGION).client("organizations")
    client.create_organization(FeatureSet="ALL")
    deployment.instead["organizations"] = client
    said = members.accounts(deployment.patient, "")
    assert (said.status, said.text) == ("warn", "1 are in no environment, and only watched: master (123456789012)")
    known = [{"Id": id_, "Name": id_, "Status": "ACTIVE"} for id_ in deployment.lab.organization.accounts]
    instead("organizations", get_paginator=answers(Pages([], known)))(deployment)
    said = members.accounts(deployment.patient, "")
    assert (said.status, said.text) == ("ok", "6, each in an environment")
    instead("organizations", get_paginator=answers(Pages([], [each for each in known if each["Id"] != MEMBER])))(
        deployment
    )
    said = members.accounts(deployment.patient, "")
    assert (said.status, said.text) == ("warn", f"not in the organization: {MEMBER}")


def test_a_check_that_cannot_be_made_is_no_good_sign(deployment: Deployment) -> None:
    instead("sns", get_paginator=raises("AuthorizationError", "ListSubscriptionsByTopic"))(deployment)
    deployment.function("guardduty")
    said = doctor.tried(deployment.patient, "topic", lambda: telling.topic(deployment.patient))
    assert said == Check(
        "topic",
        doctor.Status.FAIL,
        "could not be checked: AuthorizationError from ListSubscriptionsByTopic: refused",
        "work in the role countermeasure-dev-operator of the hub",
    )


def test_in_a_deployment_that_is_well_everything_is_ok(deployment: Deployment, capsys: Any) -> None:
    deployment.everything()
    for account in deployment.lab.organization.accounts:
        deployment.lab.administrator(account)
    assert doctor.run(deployment.patient, "", as_json=False) == 0
    told = capsys.readouterr().out
    names = [line.split(" ", 1)[1].split(":")[0].strip() for line in told.splitlines() if line.startswith("ok")]
    assert names[:4] == ["credentials", "stack", "ledger", "bus policy"]
    assert [name for name in names if name.startswith("function ")] == [
        f"function {name}" for name in (ENDPOINT, *FUNCTIONS)
    ]
    assert [name for name in names if name.startswith("role ")] == [
        f"role {id_}" for id_ in sorted(deployment.lab.organization.accounts)
    ]
    assert told.splitlines()[-1].endswith(" ok, 0 warn, 0 fail")


def test_one_failure_is_exit_code_1_and_one_account_is_one_account(deployment: Deployment, capsys: Any) -> None:
    deployment.everything()
    deployment.lab.administrator(MEMBER)
    deployment.aws("events").disable_rule(Name=named(STAGE, "health"))
    assert doctor.run(deployment.patient, MEMBER, as_json=True) == 1
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [each for each in told if each["status"] != "ok"] == [
        {
            "name": "pattern health",
            "status": "fail",
            "text": "its EventBridge rule countermeasure-dev-health is disabled: it hears nothing by it",
            "todo": "enable countermeasure-dev-health",
        }
    ]
    assert [each["name"] for each in told if each["name"].startswith("role ")] == [f"role {MEMBER}"]


def test_with_the_wrong_credentials_nothing_else_is_checked(deployment: Deployment) -> None:
    instead("sts", get_caller_identity=answers({"Account": MEMBER, "Arn": "a"}))(deployment)
    assert [check.name for check in doctor.examined(deployment.patient)] == ["credentials"]
