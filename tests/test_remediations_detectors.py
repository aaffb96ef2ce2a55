"""Security Hub, Macie and Access Analyzer are enabled again where they were switched off, and only there."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from chalicelib.model import Resource
from chalicelib.reconcile import plan, read
from lab.scenes.account_account import macie_paused
from remediations.accessanalyzer.recreate import remediation as recreate_analyzer
from remediations.macie.enable import remediation as enable_macie
from remediations.securityhub.enable import remediation as enable_hub
from tests.aws import ACCOUNT, REGION, Aws, apply, make, undo

HERE = Resource("AWS::Account", ACCOUNT, ACCOUNT, REGION)
ELSEWHERE = "us-east-1"


def has_hub(aws: Aws, region: str) -> bool:
    try:
        aws.boto.client("securityhub", region_name=region).describe_hub()
    except ClientError:
        return False
    return True


def test_security_hub_is_enabled_in_this_region_without_standards_and_undo_disables_it(aws: Aws) -> None:
    make(aws, HERE)
    change = apply(aws, enable_hub, HERE)
    assert ("EnableSecurityHub", {"EnableDefaultStandards": False}) in aws.calls
    assert (has_hub(aws, REGION), has_hub(aws, ELSEWHERE)) == (True, False)
    undo(aws, enable_hub, HERE, change)
    assert not has_hub(aws, REGION)


def test_a_hub_that_is_as_it_should_be_already_is_no_error(aws: Aws) -> None:
    make(aws, HERE)
    before, after = apply(aws, enable_hub, HERE)
    for now, then in ((before, after), (after, before), (after, before)):
        enable_hub.write(aws, HERE, now, then)
    assert read(enable_hub, aws, HERE) == before


@pytest.mark.parametrize(
    ("code", "message", "off"),
    [
        ("InvalidAccessException", "Account 123456789012 is not subscribed to AWS Security Hub", True),
        ("ResourceNotFoundException", "no hub", True),
        ("InvalidAccessException", "You may not do this", False),
        ("AccessDeniedException", "not authorized to perform: securityhub:DescribeHub", False),
    ],
)
def test_only_what_says_that_the_hub_is_off_counts_as_that(code: str, message: str, off: bool) -> None:
    refusing = Refusing("describe_hub", code, message)
    if off:
        assert enable_hub.read(refusing, HERE) == {"enabled": False}
    else:
        with pytest.raises(ClientError, match=code):
            enable_hub.read(refusing, HERE)


def test_macie_that_was_disabled_is_enabled_and_undo_disables_it(aws: Aws) -> None:
    make(aws, HERE)
    change = apply(aws, enable_macie, HERE)
    assert change == ({"status": "DISABLED"}, {"status": "ENABLED"})
    undo(aws, enable_macie, HERE, change)


def test_macie_that_was_paused_is_resumed_not_made_anew_and_undo_pauses_it(aws: Aws) -> None:
    make(aws, HERE)
    macie_paused(aws.boto, HERE)
    change = apply(aws, enable_macie, HERE)
    assert change == ({"status": "PAUSED"}, {"status": "ENABLED"})
    undo(aws, enable_macie, HERE, change)
    assert {name for name, _ in aws.calls} == {"GetMacieSession", "UpdateMacieSession"}


def test_a_missing_permission_is_not_taken_for_macie_being_off() -> None:
    denied = "User is not authorized to perform: macie2:GetMacieSession"
    with pytest.raises(ClientError, match="not authorized"):
        enable_macie.read(Refusing("get_macie_session", "AccessDeniedException", denied), HERE)


def analyzers(aws: Aws, region: str = REGION) -> dict[str, str]:
    found = aws.boto.client("accessanalyzer", region_name=region).list_analyzers()["analyzers"]
    return {each["name"]: each["type"] for each in found}


def test_a_region_without_an_analyzer_gets_one_and_undo_deletes_that_one(aws: Aws) -> None:
    make(aws, HERE)
    unused: Any = {"analyzerName": "unused", "type": "ACCOUNT_UNUSED_ACCESS"}
    aws.client("accessanalyzer").create_analyzer(**unused)
    change = apply(aws, recreate_analyzer, HERE)
    assert analyzers(aws) == {"unused": "ACCOUNT_UNUSED_ACCESS", "countermeasure": "ACCOUNT"}
    assert analyzers(aws, ELSEWHERE) == {}
    undo(aws, recreate_analyzer, HERE, change)
    assert analyzers(aws) == {"unused": "ACCOUNT_UNUSED_ACCESS"}


@pytest.mark.parametrize(
    "other",
    [{"analyzerName": "theirs"}, {"analyzerName": "countermeasure", "tags": {"countermeasure:incident": "inc-2"}}],
    ids=["of somebody", "of another incident"],
)
def test_an_analyzer_of_others_is_enough_and_never_deleted(aws: Aws, other: dict[str, Any]) -> None:
    make(aws, HERE)
    aws.client("accessanalyzer").create_analyzer(**other, type="ACCOUNT")
    assert not plan(recreate_analyzer, aws, HERE).needed
    recreate_analyzer.write(aws, HERE, read(recreate_analyzer, aws, HERE), {"analyzer": "none"})
    assert analyzers(aws) == {other["analyzerName"]: "ACCOUNT"}


class Refusing:
    """A session whose one call AWS refuses."""

    account, region, partition, incident = ACCOUNT, REGION, "aws", "inc-1"
    now: Any = None

    def __init__(self, call: str, code: str, message: str) -> None:
        self.error = ClientError({"Error": {"Code": code, "Message": message}}, call)

    def client(self, _: str) -> Refusing:
        return self

    def __getattr__(self, _: str) -> Any:
        def refuse(**_: Any) -> None:
            raise self.error

        return refuse
