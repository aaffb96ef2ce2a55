"""The responder role: exactly what the catalogue uses, nothing that it must not touch, for nobody but the hub."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.accounts import pins, policy
from chalicelib.catalogue import Catalogue, load
from chalicelib.errors import InvalidCatalogue, InvalidOrganization
from chalicelib.model import Mode, Resource, Rule
from chalicelib.organization import Account, Environment, Organization, Protected
from chalicelib.protection import reads
from infrastructure import endpoint, functions, operators
from infrastructure.actions import ACTIONS, ANY, ROLE, USER, resources
from infrastructure.authorization import derived
from infrastructure.cloudformation import plain
from infrastructure.names import FUNCTIONS
from infrastructure.roles import MANAGED_POLICY, ROLE_POLICIES, responder_policy, responder_trust, size, used
from infrastructure.roles import pins as pins_of
from tests.iam_reference import arns, listed, overlap, problems

HUB = "222222222222"
KEPT = ("arn:aws:iam::*:role/break-glass", "arn:aws:iam::111122223333:user/ops/*")
OURS = Organization(
    id="o-exampleorgid",
    hub=HUB,
    environments={"prod": Environment("prod", Mode.APPROVE)},
    accounts={HUB: Account(HUB, "security", "prod")},
    external_id="ssm:/countermeasure/external-id",
    protected=Protected(principals=KEPT),
)
CATALOGUE = load()
ACTED_ON = "111122223333"
NAMED = {
    "AWS::ECS::Task": f"arn:aws:ecs:eu-west-1:{ACTED_ON}:task/name/0123456789abcdef",
    "AWS::SNS::Topic": f"arn:aws:sns:eu-west-1:{ACTED_ON}:name",
    "AWS::SecretsManager::Secret": f"arn:aws:secretsmanager:eu-west-1:{ACTED_ON}:secret:name-a1b2c3",
}
PARTITIONS = ("aws", "aws-cn", "aws-us-gov")


def allowed(policies: Sequence[Mapping[str, Any]]) -> dict[str, list[str]]:
    """Return the ARNs that each action is allowed on."""
    found: dict[str, list[str]] = {}
    for statement in (statement for made in policies for statement in made["Statement"]):
        if statement["Effect"] == "Allow":
            for action in listed(statement["Action"]):
                found.setdefault(action, []).extend(listed(statement["Resource"]))
    return found


def wrong(policies: Sequence[Mapping[str, Any]], catalogue: Catalogue) -> list[str]:
    """Return the actions that the policies lack, and those that they allow and nothing uses."""
    has, needs = set(allowed(policies)), used(catalogue, OURS)
    return [*(f"lacks {action}" for action in sorted(needs - has)), *(f"has {a}" for a in sorted(has - needs))]


def denied(policies: Sequence[Mapping[str, Any]], action: str, arn: str) -> bool:
    return any(
        statement["Effect"] == "Deny"
        and action in statement["Action"]
        and any(overlap(arn, pattern) for pattern in statement["Resource"])
        for made in policies
        for statement in made["Statement"]
    )


POLICIES = responder_policy(CATALOGUE, OURS, ACTED_ON)


class TestTheResponderMay:
    def test_do_exactly_what_the_catalogue_uses(self) -> None:
        assert wrong(POLICIES, CATALOGUE) == []

    @pytest.mark.parametrize("action", sorted(used(CATALOGUE, OURS)))
    def test_no_permission_be_taken_away_unnoticed(self, action: str) -> None:
        less = [{"Statement": list(_without(made, action))} for made in POLICIES]
        assert wrong(less, CATALOGUE) == [f"lacks {action}"]

    def test_no_permission_be_added_unnoticed(self) -> None:
        more = {"Statement": [{"Effect": "Allow", "Action": ["iam:CreateUser"], "Resource": ["*"]}]}
        assert wrong([*POLICIES, more], CATALOGUE) == ["has iam:CreateUser"]

    @pytest.mark.parametrize("unit", CATALOGUE.answering.values(), ids=lambda unit: unit.id)
    def test_reach_what_every_remediation_writes_to(self, unit: Any) -> None:
        there = Resource(unit.resource_type, NAMED.get(unit.resource_type, "name/session"), ACTED_ON, "eu-west-1")
        scope = pins(unit, there)
        reach = allowed(POLICIES)
        missed = {a for a in unit.writes if scope != ("*",) and not _met(reach[a], scope)}
        assert missed == set()

    def test_only_what_aws_can_limit_it_to_in_its_own_account(self) -> None:
        for action, found in allowed(POLICIES).items():
            assert all(arn == "*" or f":{ACTED_ON}:" in arn or arn.split(":")[4] == "" for arn in found), action


def _without(made: Mapping[str, Any], action: str) -> Iterator[dict[str, Any]]:
    for statement in made["Statement"]:
        kept = [each for each in statement["Action"] if each != action or statement["Effect"] == "Deny"]
        yield {**statement, "Action": kept}


def _met(reach: Sequence[str], scope: Sequence[str]) -> bool:
    return any(overlap(arn, pin) for arn in reach for pin in scope)


LOOKED_AT = {
    "nothing is protected": (Protected(), set()),
    "principals by name alone": (Protected(("arn:aws:iam::*:role/break-glass",)), set()),
    "principals by path": (Protected(KEPT), {"iam:GetRole", "iam:GetUser", "iam:GetAccessKeyLastUsed"}),
    "tags": (
        Protected(tags={"criticality": "*"}),
        {
            "iam:GetAccessKeyLastUsed",
            "iam:ListRoleTags",
            "iam:ListUserTags",
            "s3:GetBucketTagging",
            "tag:GetResources",
        },
    ),
}


@pytest.mark.parametrize(("protected", "actions"), LOOKED_AT.values(), ids=LOOKED_AT)
def test_what_protects_a_resource_is_looked_at_only_where_something_does(
    protected: Protected, actions: set[str]
) -> None:
    looked_at = {action for unit in CATALOGUE.answering.values() for action in reads(unit.resource_type, protected)}
    assert looked_at == actions
    assert looked_at <= set(allowed(responder_policy(CATALOGUE, replace(OURS, protected=protected), ACTED_ON)))


class TestTheTableOfActions:
    def test_it_holds_no_more_than_the_catalogue_uses(self) -> None:
        tagged = replace(OURS, protected=replace(OURS.protected, tags={"criticality": "*"}))
        every = [action for unit in CATALOGUE.remediations.values() for action in (*unit.reads, *unit.writes)]
        assert set(ACTIONS) <= used(CATALOGUE, tagged) | set(every)

    @pytest.mark.parametrize("action", sorted({*ACTIONS, *used(CATALOGUE, OURS)}))
    def test_it_says_what_aws_says(self, action: str) -> None:
        found = resources(action, "*", "*", pins_of(CATALOGUE, action))
        told = {arn for arn in found if arn != "*"}
        assert set(arns(action, required=True)) <= told <= set(arns(action))
        assert told or found == ANY


class TestAnActionThatIsNotEntered:
    @pytest.mark.parametrize("action", [each for each in ACTIONS if len(arns(each)) <= 1])
    def test_it_is_limited_as_an_entry_would_say(self, action: str) -> None:
        assert derived(action) == ACTIONS[action]

    def test_it_is_limited_in_the_account_and_partition(self) -> None:
        assert resources("kms:EnableKeyRotation", "aws-cn", ACTED_ON) == (f"arn:aws-cn:kms:*:{ACTED_ON}:key/*",)
        assert resources("s3:DeleteBucket", "aws", ACTED_ON) == ("arn:aws:s3:::*",)
        assert resources("ec2:DescribeRegions", "aws", ACTED_ON) == ("*",)

    def test_where_aws_leaves_a_choice_what_the_remediation_pins_decides(self) -> None:
        trail = "arn:{partition}:cloudtrail:{region}:{account}:trail/{id}"
        assert derived("cloudtrail:AddTags", {trail}) == ACTIONS["cloudtrail:AddTags"]
        vpc, log = ("arn:{partition}:ec2:{region}:{account}:" + each for each in ("vpc/{id}", "vpc-flow-log/*"))
        assert set(derived("ec2:CreateFlowLogs", {vpc, log})) == set(ACTIONS["ec2:CreateFlowLogs"])

    @pytest.mark.parametrize(
        "pins",
        [(), ("arn:{partition}:s3:::{id}",), ("arn:{partition}:ec2:{region}:{account}:vpc/{id}",)],
        ids=["none", "others", "without the one that must be"],
    )
    def test_a_choice_that_nobody_made_is_named(self, pins: tuple[str, ...]) -> None:
        with pytest.raises(InvalidCatalogue, match=r"ec2:CreateFlowLogs: AWS can limit it to .*/actions\.py which of"):
            derived("ec2:CreateFlowLogs", pins)

    @pytest.mark.parametrize("action", ["s3:MakeBucketSafe", "nothing:Get", "s3"])
    def test_one_that_aws_does_not_know_is_refused(self, action: str) -> None:
        with pytest.raises(InvalidCatalogue, match=f"{action}: AWS's Service Authorization Reference has no such"):
            resources(action, "aws", ACTED_ON)


class TestTheResponderMayNot:
    @pytest.mark.parametrize(
        ("kind", "arn"),
        [
            (ROLE, "arn:aws:iam::111122223333:role/countermeasure-responder"),
            (ROLE, "arn:aws:iam::111122223333:role/countermeasure/StackSet-forwarder"),
            (ROLE, "arn:aws:iam::222222222222:role/countermeasure-prod-guardduty"),
            (ROLE, "arn:aws:iam::111122223333:role/break-glass"),
            (USER, "arn:aws:iam::111122223333:user/ops/alice"),
        ],
    )
    def test_change_itself_the_hub_or_a_protected_principal(self, kind: str, arn: str) -> None:
        writes = {action for unit in CATALOGUE.answering.values() for action in unit.writes}
        there = {
            action for action in writes if kind in (ACTIONS.get(action) or derived(action, pins_of(CATALOGUE, action)))
        }
        assert there
        assert {action for action in there if not denied(POLICIES, action, arn)} == set()

    def test_switch_off_a_key_of_a_protected_user(self) -> None:
        assert denied(POLICIES, "iam:UpdateAccessKey", "arn:aws:iam::111122223333:user/ops/alice")
        assert not denied(POLICIES, "iam:UpdateAccessKey", "arn:aws:iam::111122223333:user/mallory")

    @pytest.mark.parametrize(
        ("action", "arn"),
        [
            ("lambda:UpdateFunctionCode", "arn:aws:lambda:eu-west-1:222222222222:function:countermeasure-prod-signin"),
            ("dynamodb:UpdateItem", "arn:aws:dynamodb:eu-west-1:222222222222:table/countermeasure-prod"),
            ("events:DisableRule", "arn:aws:events:eu-west-1:111122223333:rule/countermeasure-cloudtrail"),
            ("iam:CreatePolicyVersion", "arn:aws:iam::111122223333:policy/countermeasure/ResponderPolicy1"),
        ],
    )
    def test_touch_the_hub_even_if_it_were_allowed_to_one_day(self, action: str, arn: str) -> None:
        assert denied(POLICIES, action, arn)

    def test_be_kept_from_other_roles_and_users(self) -> None:
        assert not denied(POLICIES, "iam:PutRolePolicy", "arn:aws:iam::111122223333:role/app")
        assert not denied(POLICIES, "iam:PutUserPolicy", "arn:aws:iam::111122223333:user/mallory")


class TestThePolicies:
    @pytest.mark.parametrize("partition", PARTITIONS)
    def test_they_fit_into_the_role(self, partition: str) -> None:
        made = responder_policy(CATALOGUE, replace(OURS, partition=partition))
        assert len(made) <= ROLE_POLICIES
        assert all(size(each) <= MANAGED_POLICY for each in made)

    def test_what_is_too_long_for_one_policy_becomes_several(self) -> None:
        many = Protected(principals=tuple(f"arn:aws:iam::*:role/{'x' * 60}{number}" for number in range(50)))
        made = responder_policy(CATALOGUE, replace(OURS, protected=many), ACTED_ON)
        assert len(made) > 1
        assert all(size(each) <= MANAGED_POLICY for each in made)
        assert wrong(made, CATALOGUE) == []

    def test_more_protected_principals_than_iam_takes_are_refused(self) -> None:
        many = Protected(principals=tuple(f"arn:aws:iam::*:role/{'x' * 60}{number}" for number in range(90)))
        with pytest.raises(InvalidOrganization, match=r"protected\.principals: too many"):
            responder_policy(CATALOGUE, replace(OURS, protected=many), ACTED_ON)

    def test_iam_has_nothing_to_object_to_in_the_responders(self) -> None:
        assert [each for made in POLICIES for each in problems(made)] == []

    @pytest.mark.parametrize("function", FUNCTIONS)
    def test_iam_has_nothing_to_object_to_in_a_functions(self, function: str) -> None:
        assert list(problems(_resolved(functions.policy(function, OURS, "prod")))) == []

    def test_iam_has_nothing_to_object_to_in_the_endpoints(self) -> None:
        assert list(problems(_resolved(endpoint.policy(OURS, "prod")))) == []

    def test_iam_has_nothing_to_object_to_in_the_operators(self) -> None:
        [made] = operators.role(OURS, "prod")["Properties"]["Policies"]
        assert list(problems(_resolved(made["PolicyDocument"]))) == []

    @pytest.mark.parametrize(
        "rule", [rule for rule in CATALOGUE.rules.values() if rule.respond], ids=lambda rule: rule.id
    )
    def test_the_session_of_a_rule_fits_into_what_sts_takes(self, rule: Rule) -> None:
        """STS takes 2,048 characters (API reference, AssumeRole: Policy)."""
        reads = {action for unit in rule.respond for action in unit.reads}
        writes: dict[str, set[str]] = {}
        for unit in rule.respond:
            for action in unit.writes:
                writes.setdefault(action, set()).update(pins(unit, _longest(unit.resource_type)))
        assert len(policy(reads, writes)) <= 2048


def _longest(kind: str) -> Resource:
    """Return a resource whose id is as long as AWS has them."""
    longest = {"AWS::STS::AssumedRole": "r" * 64 + "/" + "s" * 64, "AWS::S3::Bucket": "b" * 63}
    ids = {**longest, "AWS::CloudTrail::Trail": "t" * 128, "AWS::IAM::Role": "r" * 64, "AWS::IAM::User": "u" * 64}
    return Resource(kind, ids.get(kind, "i-0123456789abcdef0"), ACTED_ON, "ap-southeast-2", "aws-us-gov")


def _resolved(made: Mapping[str, Any]) -> dict[str, Any]:
    """Return a policy as CloudFormation makes it: with a key, and with ARNs where the template refers to resources."""
    found: dict[str, Any] = _put(plain(made))
    return found


ATTRIBUTES = {
    "Ledger": "arn:aws:dynamodb:eu-west-1:222222222222:table/countermeasure-prod",
    "Topic": "arn:aws:sns:eu-west-1:222222222222:countermeasure-prod",
    "KeyArn": "arn:aws:kms:eu-west-1:222222222222:key/11111111-2222-3333-4444-555555555555",
}
PSEUDO = {
    "${Ledger.Arn}": ATTRIBUTES["Ledger"],
    "${AWS::Partition}": "aws",
    "${AWS::Region}": "eu-west-1",
    "${AWS::AccountId}": HUB,
}


def _put(value: Any) -> Any:
    match value:
        case {"Fn::If": [_, then, _]}:
            return _put(then)
        case {"Ref": name} | {"Fn::GetAtt": [name, "Arn"]}:
            service = "sqs:eu-west-1:222222222222:" if "Letters" in name else "lambda:eu-west-1:222222222222:function:"
            return ATTRIBUTES.get(name, f"arn:aws:{service}{name}")
        case dict():
            return {key: _put(inner) for key, inner in value.items()}
        case list():
            return [_put(inner) for inner in value]
        case str():
            for name, text in PSEUDO.items():
                value = value.replace(name, text)
    return value


class TestTheResponderTrusts:
    def test_the_hubs_functions_and_operators_of_one_stage_with_the_external_id_and_nobody_else(self) -> None:
        names = [f"arn:aws:iam::{HUB}:role/countermeasure-prod-{name}" for name in (*FUNCTIONS, "operator")]
        ours = {"ArnEquals": {"aws:PrincipalArn": names}}
        organization = {"aws:PrincipalOrgID": "o-exampleorgid", "sts:SourceIdentity": "countermeasure"}
        hub = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{HUB}:root"}}
        assert responder_trust(OURS, "the-external-id", "prod") == {
            "Version": "2012-10-17",
            "Statement": [
                {
                    **hub,
                    "Action": "sts:AssumeRole",
                    "Condition": {**ours, "StringEquals": {**organization, "sts:ExternalId": "the-external-id"}},
                },
                {**hub, "Action": "sts:SetSourceIdentity", "Condition": {**ours, "StringEquals": organization}},
            ],
        }
