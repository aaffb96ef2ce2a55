"""What is public: anybody as principal, and no condition that names somebody in particular."""

from __future__ import annotations

from typing import Any

import pytest

from remediations.public import is_public

READ: dict[str, Any] = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::example/*"}
ANYBODY = READ | {"Principal": "*"}
ACCOUNT = "111122223333"


@pytest.mark.parametrize(
    ("principal", "public"),
    [
        pytest.param({"Principal": "*"}, True, id="star"),
        pytest.param({"Principal": {"AWS": "*"}}, True, id="star of AWS"),
        pytest.param({"Principal": {"AWS": ["*"]}}, True, id="star in a list"),
        pytest.param({"Principal": {"AWS": [f"arn:aws:iam::{ACCOUNT}:root", "*"]}}, True, id="star beside an account"),
        pytest.param({"Principal": {"AWS": ACCOUNT, "Federated": "*"}}, True, id="star of another kind"),
        pytest.param({"NotPrincipal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}}, True, id="everyone but one"),
        pytest.param({"Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}}, False, id="an account"),
        pytest.param({"Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:role/*"}}, False, id="a star within an ARN"),
        pytest.param({"Principal": {"Service": "s3.amazonaws.com"}}, False, id="a service"),
        pytest.param({}, False, id="none"),
    ],
)
def test_anybody_can_be_written_in_many_ways(principal: dict[str, Any], public: bool) -> None:
    assert is_public(READ | principal) is public


def test_to_deny_everybody_something_is_not_public() -> None:
    assert not is_public(ANYBODY | {"Effect": "Deny"})


FIXED = {
    "account": ("StringEquals", "aws:SourceAccount", ACCOUNT),
    "accounts": ("StringEquals", "aws:SourceAccount", [ACCOUNT, "444455556666"]),
    "key in other letters": ("StringEquals", "AWS:SourceOwner", ACCOUNT),
    "operator in other letters": ("stringequals", "aws:PrincipalAccount", ACCOUNT),
    "organization": ("StringEquals", "aws:PrincipalOrgID", "o-exampleorgid"),
    "organization of the resource": ("StringEquals", "aws:PrincipalOrgID", "${aws:ResourceOrgID}"),
    "account of the resource": ("StringLike", "aws:PrincipalAccount", "${aws:ResourceAccount}"),
    "unit": ("ForAnyValue:StringLike", "aws:PrincipalOrgPaths", "o-exampleorgid/r-ab12/ou-ab12-11111111/*"),
    "endpoint": ("StringEquals", "aws:SourceVpce", "vpce-0123456789abcdef0"),
    "vpc": ("StringEqualsIgnoreCase", "aws:SourceVpc", "vpc-0123456789abcdef0"),
    "topic": ("ArnEquals", "aws:SourceArn", f"arn:aws:sns:eu-west-1:{ACCOUNT}:alarms"),
    "any topic of an account": ("ArnLike", "aws:SourceArn", f"arn:aws:sns:*:{ACCOUNT}:*"),
    "bucket": ("ArnLike", "aws:SourceArn", "arn:aws:s3:::example-uploads"),
    "bucket as S3's examples have it": ("ArnLike", "aws:SourceArn", "arn:aws:s3:*:*:example-uploads"),
    "role in any path": ("ArnLike", "aws:PrincipalArn", f"arn:aws:iam::{ACCOUNT}:role/*"),
    "role as text": ("StringLike", "aws:PrincipalArn", f"arn:aws:iam::{ACCOUNT}:role/*"),
    "sessions of a role": ("StringLike", "aws:userid", "AROAEXAMPLEEXAMPLE123:*"),
    "network": ("IpAddress", "aws:SourceIp", ["203.0.113.0/24", "2001:db8::/32"]),
    "address": ("IpAddress", "aws:SourceIp", "203.0.113.7"),
    "service": ("StringEquals", "aws:PrincipalServiceName", "logging.s3.amazonaws.com"),
}

OPEN = {
    "any account": ("StringLike", "aws:SourceAccount", "*"),
    "one value of two": ("StringLike", "aws:SourceAccount", [ACCOUNT, "*"]),
    "no value": ("StringEquals", "aws:SourceAccount", []),
    "any organization": ("StringLike", "aws:PrincipalOrgID", "o-*"),
    "any unit": ("ForAnyValue:StringLike", "aws:PrincipalOrgPaths", "*/r-ab12/*"),
    "bucket of any name": ("ArnLike", "aws:SourceArn", "arn:aws:s3:::example-*"),
    "topic of any account": ("ArnLike", "aws:SourceArn", "arn:aws:sns:*:*:alarms"),
    "account somewhere in a text": ("StringLike", "aws:SourceArn", f"arn:aws:sns:*:{ACCOUNT}:*"),
    "no ARN": ("StringLike", "aws:SourceArn", "*"),
    "whoever calls": ("StringEquals", "aws:userid", "${aws:userid}"),
    "session of any role": ("StringLike", "aws:userid", "*:alice"),
    "whole internet": ("IpAddress", "aws:SourceIp", "0.0.0.0/0"),
    "two halves of it": ("IpAddress", "aws:SourceIp", ["0.0.0.0/1", "128.0.0.0/1"]),
    "whole internet, IPv6": ("IpAddress", "aws:SourceIp", "::/0"),
    "no network": ("IpAddress", "aws:SourceIp", "everywhere"),
    "everybody else": ("StringNotEquals", "aws:SourceAccount", ACCOUNT),
    "other networks": ("NotIpAddress", "aws:SourceIp", "203.0.113.0/24"),
    "if it is there": ("StringEqualsIfExists", "aws:SourceVpce", "vpce-0123456789abcdef0"),
    "all of none": ("ForAllValues:StringLike", "aws:PrincipalOrgPaths", "o-exampleorgid/*"),
    "there at all": ("Null", "aws:PrincipalOrgID", "false"),
    "encrypted": ("Bool", "aws:SecureTransport", "true"),
    "referer": ("StringLike", "aws:Referer", "https://example.com/*"),
    "agent": ("StringEquals", "aws:UserAgent", "secret"),
    "tag": ("StringEquals", "aws:PrincipalTag/team", "web"),
    "private address": ("IpAddress", "aws:VpcSourceIp", "10.0.0.0/16"),
    "function URL": ("StringEquals", "lambda:FunctionUrlAuthType", "NONE"),
}


@pytest.mark.parametrize(("operator", "key", "value"), FIXED.values(), ids=FIXED)
def test_a_condition_on_somebody_in_particular_restricts(operator: str, key: str, value: Any) -> None:
    assert not is_public(ANYBODY | {"Condition": {operator: {key: value}}})


@pytest.mark.parametrize(("operator", "key", "value"), OPEN.values(), ids=OPEN)
def test_a_condition_that_anybody_can_meet_does_not(operator: str, key: str, value: Any) -> None:
    assert is_public(ANYBODY | {"Condition": {operator: {key: value}}})


@pytest.mark.parametrize("first", ["StringEquals", "Bool"])
def test_one_condition_of_several_that_restricts_is_enough(first: str) -> None:
    conditions: dict[str, Any] = {
        "Bool": {"aws:SecureTransport": "true"},
        "StringEquals": {"aws:UserAgent": "x", "aws:SourceVpce": "vpce-0123456789abcdef0"},
    }
    ordered = dict(sorted(conditions.items(), key=lambda item: item[0] != first))
    assert not is_public(ANYBODY | {"Condition": ordered})
