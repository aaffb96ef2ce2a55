"""Blocking public access touches one bucket's four settings and nothing else."""

import json

import pytest
from botocore.exceptions import ClientError

from chalicelib import reconcile
from chalicelib.errors import Gone
from chalicelib.model import Resource
from lab.scenes.s3_bucket import scene
from remediations.s3.block_public_access import remediation
from remediations.s3.block_public_access_account import remediation as of_account
from tests.aws import apply, undo

ON = {
    "BlockPublicAcls": True,
    "BlockPublicPolicy": True,
    "IgnorePublicAcls": True,
    "RestrictPublicBuckets": True,
}
BUCKET = Resource("AWS::S3::Bucket", "quarterly-reports", "123456789012", "eu-central-1")


def settings(aws, name):
    return aws.client("s3").get_public_access_block(Bucket=name)["PublicAccessBlockConfiguration"]


def test_a_bucket_without_any_configuration_reads_as_null_and_gets_all_four_settings(aws):
    assert scene.make(aws.boto, BUCKET) == BUCKET.id
    plan = reconcile.plan(remediation, aws, BUCKET)
    assert plan == reconcile.Plan(before=None, after=ON)
    reconcile.write(remediation, aws, BUCKET, plan.before, plan.after)
    assert settings(aws, BUCKET.id) == ON
    assert not reconcile.plan(remediation, aws, BUCKET).needed


def test_undo_of_null_deletes_the_configuration_again(aws):
    scene.make(aws.boto, BUCKET)
    reconcile.write(remediation, aws, BUCKET, None, ON)
    reconcile.write(remediation, aws, BUCKET, ON, None)
    with pytest.raises(ClientError, match="NoSuchPublicAccessBlockConfiguration"):
        settings(aws, BUCKET.id)


def test_undo_gives_back_exactly_the_settings_that_were_there(aws):
    scene.make(aws.boto, BUCKET)
    half = ON | {"BlockPublicPolicy": False}
    aws.client("s3").put_public_access_block(Bucket=BUCKET.id, PublicAccessBlockConfiguration=half)
    plan = reconcile.plan(remediation, aws, BUCKET)
    assert plan == reconcile.Plan(before=half, after=ON)
    reconcile.write(remediation, aws, BUCKET, plan.before, plan.after)
    reconcile.write(remediation, aws, BUCKET, plan.after, plan.before)
    assert settings(aws, BUCKET.id) == half


def test_the_public_policy_and_acl_stay_as_they_are(aws):
    scene.make(aws.boto, BUCKET)
    s3 = aws.client("s3")
    before = json.loads(s3.get_bucket_policy(Bucket=BUCKET.id)["Policy"]), s3.get_bucket_acl(Bucket=BUCKET.id)["Grants"]
    reconcile.write(remediation, aws, BUCKET, None, ON)
    after = json.loads(s3.get_bucket_policy(Bucket=BUCKET.id)["Policy"]), s3.get_bucket_acl(Bucket=BUCKET.id)["Grants"]
    assert before == after


def test_the_owner_is_named_in_every_call_so_that_no_strangers_bucket_is_touched(aws):
    scene.make(aws.boto, BUCKET)
    for now, then in ((None, ON), (ON, None)):
        remediation.write(aws, BUCKET, now, then)
    remediation.read(aws, BUCKET)
    assert [(name, params["ExpectedBucketOwner"]) for name, params in aws.calls] == [
        ("PutPublicAccessBlock", aws.account),
        ("DeletePublicAccessBlock", aws.account),
        ("GetPublicAccessBlock", aws.account),
    ]


def test_a_deleted_bucket_is_gone(aws):
    with pytest.raises(Gone, match="quarterly-reports does not exist any more"):
        reconcile.plan(remediation, aws, BUCKET)


@pytest.mark.parametrize(
    ("asked", "made"),
    [
        pytest.param("quarterly-reports", "quarterly-reports", id="the event's own name"),
        pytest.param("EXAMPLE_Bucket", "example-bucket", id="a name S3 does not allow any more"),
        pytest.param("...", "xxx", id="nothing usable"),
    ],
)
def test_the_scene_makes_a_public_bucket_and_makes_it_once(aws, asked, made):
    resource = Resource("AWS::S3::Bucket", asked, "123456789012", "eu-central-1")
    assert [scene.make(aws.boto, resource), scene.make(aws.boto, resource)] == [made, made]
    buckets = {bucket["Name"] for bucket in aws.client("s3").list_buckets()["Buckets"]}
    assert buckets == {made, f"{made}-neighbour"}
    assert settings(aws, f"{made}-neighbour") == ON


def test_an_account_that_had_no_configuration_has_none_again_after_undo_and_its_buckets_keep_theirs(aws):
    account = Resource("AWS::Account", aws.account, aws.account, "eu-central-1")
    scene.make(aws.boto, BUCKET)
    change = apply(aws, of_account, account)
    assert change == (None, ON)
    assert settings(aws, f"{BUCKET.id}-neighbour") == ON
    undo(aws, of_account, account, change)
    with pytest.raises(ClientError, match="NoSuchPublicAccessBlockConfiguration"):
        aws.client("s3control").get_public_access_block(AccountId=aws.account)
