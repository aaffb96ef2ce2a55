"""A stage that is deployed in the embedded AWS as far as people look at it: functions, rules, queues, table, topic."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import ClientError

from chalicelib.accounts import Accounts, Clients
from chalicelib.catalogue import Catalogue
from chalicelib.daily import UNDELIVERED, expected, forwarded
from chalicelib.notify import slack_clients
from chalicelib.notify.secrets import SlackSecret
from chalicelib.organization import Channels, Exemption
from chalicelib.patterns import SOURCES
from cli.deployed import Deployed
from cli.doctor_check import Patient
from infrastructure.names import ENDPOINT, FUNCTIONS, SCHEDULED, TRIGGERED, mode_parameter, named, stack
from lab.organization import HUB, TABLE, Lab

STAGE, REGION = "dev", "us-east-1"
EXTERNAL_ID = "a-long-random-text-of-ours"
PATTERN = {"source": ["aws.guardduty"], "detail-type": ["GuardDuty Finding"]}
CLIENTS = Clients()


@dataclass
class Deployment:
    """The stage, and what stands in for a service that moto lacks or has differently (`instead`)."""

    lab: Lab
    catalogue: Catalogue
    instead: dict[str, Any] = field(default_factory=dict)
    secret: SlackSecret = field(default_factory=SlackSecret)
    slack: Any = None
    external_id: str = EXTERNAL_ID
    channels: Channels = field(default_factory=Channels)
    exemptions: tuple[Exemption, ...] = ()

    def aws(self, service: str, region: str = REGION) -> Any:
        return self.instead.get(service) or self.lab.boto(HUB, region).client(service)

    @property
    def deployed(self) -> Deployed:
        ours = replace(
            self.lab.organization,
            external_id="ssm:/countermeasure/external-id",
            channels=self.channels,
            regions=(),
            exemptions=self.exemptions,
        )
        return Deployed(STAGE, REGION, ours, self.aws)

    @property
    def patient(self) -> Patient:
        accounts = Accounts(Trust(self.aws("sts")), _now, self.external_id, clients=CLIENTS)
        return Patient(
            self.deployed,
            self.catalogue,
            dict.fromkeys(SOURCES, (PATTERN,)),
            accounts,
            _now,
            read_secret=lambda _: self.secret,
            slack_clients=slack_clients.Clients(web=lambda _: self.slack),
        )

    def everything(self) -> None:
        """Deploy the whole stage, and turn on what watches the organization."""
        self.stack()
        self.role = self._role()
        self.function(ENDPOINT)
        for name in FUNCTIONS:
            self.function(name)
            if name in TRIGGERED:
                self.rule(name)
            self.aws("sqs").create_queue(QueueName=named(STAGE, name))
        self.recovery()
        self.switch("enforce")
        self.bus_policy()
        self.topic("sqs")
        self.beat()
        self.watched()
        for account in self.lab.organization.accounts:
            self.forwards(account)

    def stack(self, status: str = "CREATE_COMPLETE") -> None:
        """Say that the stack is there: moto's CloudFormation needs packages that nothing else here does."""
        told = {"Stacks": [{"StackStatus": status}]}
        self.instead["cloudformation"] = With(None, describe_stacks=lambda *_, **__: told)

    def function(self, name: str, **settings: str) -> None:
        topic = f"arn:aws:sns:{REGION}:{HUB}:{stack(STAGE)}"
        told = {"STAGE": STAGE, "LEDGER_TABLE": TABLE, "TOPIC_ARN": topic} | settings
        self.aws("lambda").create_function(
            FunctionName=named(STAGE, name),
            Runtime="python3.13",
            Role=self._role(),
            Handler="app.x",
            Code={"ZipFile": _zip()},
            Environment={"Variables": {key: value for key, value in told.items() if value}},
        )

    def rule(self, name: str, pattern: Mapping[str, Any] = PATTERN, target: str = "", rate: str = "5 minutes") -> None:
        when = {"ScheduleExpression": f"rate({rate})"} if name in SCHEDULED else {"EventPattern": json.dumps(pattern)}
        self.aws("events").put_rule(Name=named(STAGE, name), **when)
        arn = f"arn:aws:lambda:{REGION}:{HUB}:function:{named(STAGE, target or name)}"
        self.aws("events").put_targets(Rule=named(STAGE, name), Targets=[{"Id": "1", "Arn": arn}])

    def switch(self, value: str) -> None:
        told = {"Name": mode_parameter(STAGE), "Value": value, "Type": "String", "Overwrite": True}
        self.aws("ssm").put_parameter(**told)

    def recovery(self) -> None:
        on = {"PointInTimeRecoveryEnabled": True}
        self.aws("dynamodb").update_continuous_backups(TableName=TABLE, PointInTimeRecoverySpecification=on)

    def bus_policy(self, organization: str = "", **more: Any) -> None:
        ours = {"StringEquals": {"aws:PrincipalOrgID": organization or self.lab.organization.id}}
        arn = f"arn:aws:events:{REGION}:{HUB}:event-bus/default"
        statement = {
            "Sid": "Members",
            "Effect": "Allow",
            "Principal": "*",
            "Action": "events:PutEvents",
            "Resource": arn,
        }
        told = {key: value for key, value in {**statement, "Condition": ours, **more}.items() if value}
        policy = json.dumps({"Version": "2012-10-17", "Statement": [told]})
        self.aws("events").put_permission(Policy=policy)

    def topic(self, *protocols: str) -> None:
        arn = self.aws("sns").create_topic(Name=stack(STAGE))["TopicArn"]
        for protocol in protocols:
            self.aws("sns").subscribe(TopicArn=arn, Protocol=protocol, Endpoint=f"arn:aws:sqs:{REGION}:{HUB}:q")

    def beat(self, count: int = 1, at: datetime | None = None, sources: Sequence[str] = SOURCES) -> None:
        """Say that a heartbeat has gone the whole way through functions."""
        data = [
            {
                "MetricName": "Heartbeat",
                "Dimensions": [{"Name": "service", "Value": source}],
                "Value": count,
                "Timestamp": at or _now(),
            }
            for source in sources
        ]
        self.aws("cloudwatch").put_metric_data(Namespace="Countermeasure", MetricData=data)

    def forwards(self, account: str, region: str = REGION) -> None:
        """Have an account forward what it has to, as the member template does."""
        boto = self.lab.boto(account, region)
        for name, pattern in expected(
            self.lab.organization, account, region, REGION, forwarded(self.catalogue)
        ).items():
            boto.client("events").put_rule(Name=name, EventPattern=json.dumps(pattern))
        boto.client("sqs").create_queue(QueueName=UNDELIVERED)

    def watched(self) -> None:
        """Turn on the trail, GuardDuty with every member, Security Hub with every member, and Config."""
        members = sorted(set(self.lab.organization.accounts) - {HUB})
        known = [{"Id": id_, "Name": id_, "Status": "ACTIVE"} for id_ in (HUB, *members)]
        self.instead["organizations"] = With(None, get_paginator=lambda *_: Pages([], known))
        self.aws("s3").create_bucket(Bucket="trail")
        self.instead["cloudtrail"] = With(self.aws("cloudtrail"), describe_trails=organization_trail)
        self.aws("cloudtrail").create_trail(Name="all", S3BucketName="trail", IsMultiRegionTrail=True)
        self.aws("cloudtrail").start_logging(Name="all")
        self.aws("guardduty").create_detector(Enable=True)
        self.instead["guardduty"] = With(self.aws("guardduty"), get_paginator=lambda _, name: Pages(members))
        self.aws("securityhub").enable_security_hub()
        self.instead["securityhub"] = With(
            self.aws("securityhub"),
            list_members=lambda _, **__: {
                "Members": [{"AccountId": id_, "MemberStatus": "Enabled"} for id_ in members]
            },
        )
        role = f"arn:aws:iam::{HUB}:role/config"
        self.aws("config").put_configuration_recorder(ConfigurationRecorder={"name": "default", "roleARN": role})
        self.aws("config").put_delivery_channel(DeliveryChannel={"name": "default", "s3BucketName": "trail"})
        self.aws("config").start_configuration_recorder(ConfigurationRecorderName="default")

    def _role(self) -> str:
        iam = self.aws("iam")
        try:
            return str(iam.create_role(RoleName="function", AssumeRolePolicyDocument=_TRUST)["Role"]["Arn"])
        except ClientError:
            return str(iam.get_role(RoleName="function")["Role"]["Arn"])


class With:
    """A client with some calls answered otherwise: each takes the client itself, then what the call takes."""

    def __init__(self, client: Any, **calls: Any) -> None:
        self._client, self._calls = client, calls

    def __getattr__(self, name: str) -> Any:
        if name in self._calls:
            return lambda *told, **asked: self._calls[name](self._client, *told, **asked)
        return getattr(self._client, name)


class Pages:
    """GuardDuty's ListMembers, which moto does not have, and ListAccounts, for which the lab has no organization."""

    def __init__(self, members: Sequence[str], accounts: Sequence[Mapping[str, str]] = ()) -> None:
        self.members, self.accounts = members, accounts

    def paginate(self, **_: Any) -> list[dict[str, Any]]:
        members = [{"AccountId": id_, "RelationshipStatus": "Enabled"} for id_ in self.members]
        return [{"Members": members, "Accounts": self.accounts}]


class Trust:
    """STS as it is where every member's trust asks for the external id: moto lets in anybody."""

    def __init__(self, sts: Any, ask: bool = True) -> None:
        self.sts, self.ask = sts, ask

    def assume_role(self, **asked: Any) -> Any:
        if self.ask and asked.get("ExternalId") != EXTERNAL_ID:
            raise refused("AccessDenied", "AssumeRole")
        return self.sts.assume_role(**asked)


def organization_trail(client: Any, **asked: Any) -> Any:
    """Answer with trails of the whole organization: moto makes none in an account that manages no organization."""
    told = client.describe_trails(**asked)
    return {"trailList": [{**each, "IsOrganizationTrail": True} for each in told["trailList"]]}


def refused(code: str, operation: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "refused"}}, operation)


_TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
        ],
    }
)


def _zip() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("app.py", "")
    return made.getvalue()


def _now() -> datetime:
    return datetime.now(UTC)
