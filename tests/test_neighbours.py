"""Law: a rule changes what its event is about, and no neighbour of it, wherever moto keeps that.

For every rule an event of its own is answered as if nobody had to be asked, and everything that the account holds is
compared: each difference is one that tests/footprints.toml, or a remediation's own tests/footprints/ID.txt, allows the
remediations of that event, and none other.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import boto3
import pytest

from chalicelib.catalogue import load, of
from chalicelib.findings import parse
from chalicelib.model import Change, Mode, Outcome, Resource, Rule
from chalicelib.units import units
from lab.organization import Lab
from lab.stage import prepare
from tests.replaying import EVENTS
from tests.simulated import difference, everything, matching

HERE = Path(__file__).parent
TABLE: Mapping[str, Sequence[str]] = tomllib.loads((HERE / "footprints.toml").read_text())
OWN: Mapping[str, Sequence[str]] = {
    path.stem: [line for line in path.read_text().splitlines() if line and not line.startswith("#")]
    for path in sorted((HERE / "footprints").glob("*.txt"))
}
FOOTPRINTS = {**TABLE, **OWN}
CATALOGUE = load()
ENFORCING = of({id_: replace(rule, mode=Mode.ENFORCE) for id_, rule in CATALOGUE.rules.items()}, CATALOGUE.remediations)
RULES = [rule for rule in CATALOGUE.rules.values() if rule.respond]


def url(sqs: Any, name: str) -> str:
    return str(sqs.get_queue_url(QueueName=name)["QueueUrl"])


# A policy that the scene left to the intruder alone is given a statement that must stay: type -> how to read and write.
POLICIES: Mapping[str, tuple[str, Callable[[Any, str], str], Callable[[Any, str, str], Any]]] = {
    "AWS::Backup::BackupVault": (
        "backup",
        lambda api, id_: api.get_backup_vault_access_policy(BackupVaultName=id_)["Policy"],
        lambda api, id_, policy: api.put_backup_vault_access_policy(BackupVaultName=id_, Policy=policy),
    ),
    "AWS::ECR::Repository": (
        "ecr",
        lambda api, id_: api.get_repository_policy(repositoryName=id_)["policyText"],
        lambda api, id_, policy: api.set_repository_policy(repositoryName=id_, policyText=policy),
    ),
    "AWS::OpenSearchService::Domain": (
        "opensearch",
        lambda api, id_: api.describe_domain(DomainName=id_)["DomainStatus"]["AccessPolicies"],
        lambda api, id_, policy: api.update_domain_config(DomainName=id_, AccessPolicies=policy),
    ),
    "AWS::S3::Bucket": (
        "s3",
        lambda api, id_: api.get_bucket_policy(Bucket=id_)["Policy"],
        lambda api, id_, policy: api.put_bucket_policy(Bucket=id_, Policy=policy),
    ),
    "AWS::SecretsManager::Secret": (
        "secretsmanager",
        lambda api, id_: api.get_resource_policy(SecretId=id_)["ResourcePolicy"],
        lambda api, id_, policy: api.put_resource_policy(SecretId=id_, ResourcePolicy=policy),
    ),
    "AWS::SNS::Topic": (
        "sns",
        lambda api, id_: api.get_topic_attributes(TopicArn=id_)["Attributes"]["Policy"],
        lambda api, id_, policy: api.set_topic_attributes(TopicArn=id_, AttributeName="Policy", AttributeValue=policy),
    ),
    "AWS::SQS::Queue": (
        "sqs",
        lambda api, id_: api.get_queue_attributes(QueueUrl=url(api, id_), AttributeNames=["Policy"])["Attributes"][
            "Policy"
        ],
        lambda api, id_, policy: api.set_queue_attributes(QueueUrl=url(api, id_), Attributes={"Policy": policy}),
    ),
}


TOLD = r"[+-] \S+ \S+ securityhub Finding \S+: data\.(?:Workflow|Note).*"
"""Security Hub is told what was contained of its findings."""


def cases() -> Iterator[Any]:
    """Yield an event of every rule, that on which it does most, and more until every remediation has acted."""
    seen: set[str] = set()
    for rule in RULES:
        acting = {path: answers(rule, path) for path in sorted((EVENTS / rule.id).glob("fires.*.json"))}
        for number, path in enumerate(sorted(acting, key=lambda path: -len(acting[path]))):
            if not number or acting[path] - seen:
                seen |= acting[path]
                yield pytest.param(path, id=f"{rule.id} {path.name.split('.')[1].split('+')[0]}")


def answers(rule: Rule, path: Path) -> set[str]:
    findings = parse(json.loads(path.read_text()))
    return {unit.remediation.id for finding in findings for unit in units(finding, [rule])}


@pytest.mark.parametrize("path", [*cases()])
def test_a_rule_leaves_the_neighbours_of_what_its_event_is_about_alone(lab: Lab, path: Path) -> None:
    stage = prepare(lab, CATALOGUE, json.loads(path.read_text()))
    assert not stage.missing
    for resource in stage.made:
        add_neighbour(lab.boto(resource.account, resource.region), resource)
    accounts = {resource.account for resource in stage.made}
    before = everything(accounts)
    parts = {resource.key: parts_of(lab, resource) for resource in stage.made}

    incidents = lab.engine(ENFORCING).handle(stage.event)
    changes = [change for incident in incidents for change in incident.changes]
    lines = [line for line in difference(before, everything(accounts)) if not re.fullmatch(TOLD, line)]

    assert {change.outcome for change in changes} <= {Outcome.CONTAINED, Outcome.COMPLIANT}
    allowed = [(change, re.compile(line)) for change in changes for line in footprint(change, parts, lines)]
    beyond = [line for line in lines if not any(pattern.fullmatch(line) for _, pattern in allowed)]
    acted = sorted({change.remediation for change in changes})
    assert beyond == [], "\n".join([f"no footprint allows {acted} this:", *beyond])
    contained = [change for change in changes if change.outcome is Outcome.CONTAINED]
    seen = [change for change, pattern in allowed if any(map(pattern.fullmatch, lines))]
    assert [change.remediation for change in contained if change not in seen] == []


def test_what_each_remediation_may_change_is_written_down_for_those_that_answer_something() -> None:
    used = {remediation.id for rule in RULES for remediation in rule.respond}
    assert used - set(FOOTPRINTS) == set(), "write what it may change into tests/footprints/ID.txt"
    assert set(FOOTPRINTS) - used == set(), "no rule answers with these"
    assert [id_ for id_, lines in FOOTPRINTS.items() if not lines] == []
    assert set(TABLE) & set(OWN) == set(), "in the table and in a file of its own"


def add_neighbour(boto: boto3.Session, resource: Resource) -> None:
    """Let the owner himself in, beside whom a policy lets in already."""
    if resource.type not in POLICIES:
        return
    service, read, write = POLICIES[resource.type]
    api = boto.client(service)
    policy = json.loads(read(api, resource.id))
    ours = {"Sid": "Neighbour", "Principal": {"AWS": f"arn:aws:iam::{resource.account}:root"}}
    policy["Statement"].append({**policy["Statement"][0], **ours})
    write(api, resource.id, json.dumps(policy))


def parts_of(lab: Lab, resource: Resource) -> dict[str, str]:
    """Return the ids of what belongs to an instance, as patterns: its interfaces, and its VPC's quarantine group."""
    if resource.type != "AWS::EC2::Instance":
        return {}
    ec2: Any = lab.boto(resource.account, resource.region).client("ec2")
    attached = [{"Name": "attachment.instance-id", "Values": [resource.id]}]
    interfaces = ec2.describe_network_interfaces(Filters=attached)["NetworkInterfaces"]
    named = [{"Name": "group-name", "Values": ["countermeasure-quarantine"]}]
    groups = ec2.describe_security_groups(Filters=named)["SecurityGroups"]
    return {
        "eni": "|".join(each["NetworkInterfaceId"] for each in interfaces),
        "quarantine": "|".join(each["GroupId"] for each in groups),
    }


def footprint(change: Change, parts: Mapping[str, Mapping[str, str]], lines: Sequence[str]) -> Iterator[str]:
    """Yield patterns of the lines that a change may bring about."""
    resource = change.resource
    names = {
        "id": re.escape(resource.id),
        "name": re.escape(resource.id.rpartition("/")[2]),
        "role": re.escape(resource.id.partition("/")[0]),
        "new": "|".join(re.findall(r"^\+ \S+ \S+ ec2 Instance (\S+)$", "\n".join(lines), flags=re.MULTILINE)),
        "ip": re.escape(resource.details.get("ip", "")),
        "principal": rf"arn:aws:iam::\d+:(?:role|user)/(?:\S+/)?{owner(resource.details.get('principal', ''))}",
        **parts.get(resource.key, {}),
    }
    for line in FOOTPRINTS.get(change.remediation, ()):
        pattern = matching(resource.account, line, resource.region)
        for name, value in names.items():
            pattern = pattern.replace(re.escape(f"{{{name}}}"), f"(?:{value})")
        yield pattern


def owner(principal: str) -> str:
    """Return the name of a user, of a role, or of the role behind a session, out of its ARN."""
    kind, *path = principal.rpartition(":")[2].split("/")
    return "" if not path else path[0] if kind == "assumed-role" else path[-1]
