"""Topics, queues, repositories and documents: what is public goes, what is next to it stays."""

from __future__ import annotations

import json
from typing import Any

import pytest

from chalicelib import reconcile
from chalicelib.errors import Gone
from chalicelib.model import Resource
from lab.scenes import ecr_repository, sns_topic, sqs_queue
from remediations.ecr import remove_public_policy as ecr
from remediations.sns import remove_public_policy as sns
from remediations.sqs import remove_public_policy as sqs
from remediations.ssm.make_document_private import remediation as make_private
from tests.aws import ACCOUNT, REGION, Aws, apply, make, undo

TOPIC = Resource("AWS::SNS::Topic", f"arn:aws:sns:{REGION}:{ACCOUNT}:alarms", ACCOUNT, REGION)
QUEUE = Resource("AWS::SQS::Queue", "orders", ACCOUNT, REGION)
REPOSITORY = Resource("AWS::ECR::Repository", "team/web", ACCOUNT, REGION)
DOCUMENT = Resource("AWS::SSM::Document", "patch-servers", ACCOUNT, REGION)
POLICIES = {
    "sns": (sns.remediation, TOPIC),
    "sqs": (sqs.remediation, QUEUE),
    "ecr": (ecr.remediation, REPOSITORY),
}
every = pytest.mark.parametrize(("remediation", "resource"), POLICIES.values(), ids=POLICIES)


def policy(aws: Aws, resource: Resource) -> Any:
    """Return the policy of a resource as its service tells it, None for none."""
    if resource is QUEUE:
        return sqs.policy(aws, sqs.url(aws, QUEUE))
    return sns.policy(aws, TOPIC) if resource is TOPIC else ecr.policy(aws, REPOSITORY)


def statement(resource: Resource, sid: str, principal: Any, **more: Any) -> dict[str, Any]:
    action = {TOPIC: "SNS:Publish", QUEUE: "sqs:SendMessage", REPOSITORY: "ecr:BatchGetImage"}[resource]
    arn = {TOPIC: TOPIC.id, QUEUE: f"arn:aws:sqs:{REGION}:{ACCOUNT}:orders"}.get(resource)
    where = {"Resource": arn} if arn else {}
    return {"Sid": sid, "Effect": "Allow", "Principal": principal, "Action": action, **where, **more}


def put(aws: Aws, resource: Resource, *statements: Any) -> None:
    if resource is TOPIC:
        sns_topic.put_policy(aws.client("sns"), TOPIC.id, *statements)
    elif resource is QUEUE:
        sqs_queue.put_policy(aws.boto, QUEUE, *statements)
    else:
        ecr_repository.put_policy(aws.client("ecr"), REPOSITORY, *statements)


@every
def test_other_statements_stay_as_they_are_and_undo_puts_the_public_one_back_among_them(
    aws: Aws, remediation: Any, resource: Resource
) -> None:
    make(aws, resource)
    limited = {"Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-exampleorgid"}}}
    account = statement(resource, "account", {"AWS": "arn:aws:iam::999900001111:root"})
    organization = statement(resource, "organization", "*", **limited)
    put(aws, resource, account, statement(resource, "anybody", {"AWS": "*"}), organization)
    before = policy(aws, resource)
    change = apply(aws, remediation, resource)
    assert policy(aws, resource) == {**before, "Statement": [account, organization]}
    undo(aws, remediation, resource, change)
    assert json.dumps(policy(aws, resource), sort_keys=True) == json.dumps(before, sort_keys=True)


@every
def test_a_neighbours_edit_meanwhile_is_no_drift_and_survives_undo(
    aws: Aws, remediation: Any, resource: Resource
) -> None:
    make(aws, resource)
    anybody = statement(resource, "anybody", "*")
    put(aws, resource, statement(resource, "account", {"AWS": "arn:aws:iam::999900001111:root"}), anybody)
    before, after = apply(aws, remediation, resource)
    edited = statement(resource, "account", {"AWS": "arn:aws:iam::111122223333:root"})
    put(aws, resource, edited)
    assert reconcile.read(remediation, aws, resource) == after
    undo(aws, remediation, resource, (before, after))
    assert policy(aws, resource)["Statement"] == [edited, anybody]


@every
def test_a_policy_of_public_statements_alone_goes_and_comes_back_whole(
    aws: Aws, remediation: Any, resource: Resource
) -> None:
    make(aws, resource)
    before = policy(aws, resource)
    change = apply(aws, remediation, resource)
    assert policy(aws, resource) is None
    undo(aws, remediation, resource, change)
    assert policy(aws, resource) == before


@every
@pytest.mark.filterwarnings("ignore:.*does not match an error shape:UserWarning")  # moto, where two models are loaded
def test_what_is_deleted_is_gone(aws: Aws, remediation: Any, resource: Resource) -> None:
    with pytest.raises(Gone, match="does not exist any more"):
        reconcile.plan(remediation, aws, resource)


@every
def test_a_healthy_one_is_left_alone(aws: Aws, remediation: Any, resource: Resource) -> None:
    make(aws, resource)
    neighbour = Resource(resource.type, f"{resource.id}-neighbour", ACCOUNT, REGION)
    assert not reconcile.plan(remediation, aws, neighbour).needed


def test_a_topic_without_a_policy_of_its_own_lets_its_owner_in_and_nobody_else(aws: Aws) -> None:
    make(aws, TOPIC)
    apply(aws, sns.remediation, TOPIC)
    found = json.loads(aws.client("sns").get_topic_attributes(TopicArn=TOPIC.id)["Attributes"]["Policy"])
    assert found["Id"] == "countermeasure-owner-only"
    assert [each["Condition"] for each in found["Statement"]] == [{"StringEquals": {"AWS:SourceOwner": ACCOUNT}}]


def test_the_policy_that_a_topic_begins_with_is_not_public(aws: Aws) -> None:
    aws.client("sns").create_topic(Name="alarms")
    assert reconcile.plan(sns.remediation, aws, TOPIC) == reconcile.Plan({"public": []}, {"public": []})


def test_the_other_attributes_of_a_queue_stay(aws: Aws) -> None:
    make(aws, QUEUE)
    client, url = aws.client("sqs"), sqs.url(aws, QUEUE)
    client.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "77"})
    apply(aws, sqs.remediation, QUEUE)
    found = client.get_queue_attributes(QueueUrl=url, AttributeNames=["VisibilityTimeout"])["Attributes"]
    assert found == {"VisibilityTimeout": "77"}


def sharing(aws: Aws, name: str) -> Any:
    answer = aws.client("ssm").describe_document_permission(Name=name, PermissionType="Share")
    return {each["AccountId"]: each["SharedDocumentVersion"] for each in answer["AccountSharingInfoList"]}


@pytest.mark.parametrize("version", ["$DEFAULT", "$LATEST", "$ALL"])
def test_a_document_is_shared_again_in_the_version_that_it_was(aws: Aws, version: str) -> None:
    make(aws, DOCUMENT)
    aws.client("ssm").modify_document_permission(
        Name=DOCUMENT.id, PermissionType="Share", AccountIdsToAdd=["all"], SharedDocumentVersion=version
    )
    change = apply(aws, make_private, DOCUMENT)
    assert change == ({"everyone": version}, {"everyone": None})
    assert sharing(aws, DOCUMENT.id) == {}
    undo(aws, make_private, DOCUMENT, change)
    assert sharing(aws, DOCUMENT.id) == {"all": version}


def test_a_document_that_one_account_shares_is_left_alone(aws: Aws) -> None:
    make(aws, DOCUMENT)
    neighbour = Resource(DOCUMENT.type, f"{DOCUMENT.id}-neighbour", ACCOUNT, REGION)
    assert not reconcile.plan(make_private, aws, neighbour).needed
    apply(aws, make_private, DOCUMENT)
    assert sharing(aws, neighbour.id) == {"999900001111": "$DEFAULT"}


def test_a_deleted_document_is_gone(aws: Aws) -> None:
    with pytest.raises(Gone, match="patch-servers does not exist any more"):
        reconcile.plan(make_private, aws, DOCUMENT)
