"""Starting a trail's logging works at its home, and says so plainly everywhere else."""

import pytest
from moto.cloudtrail.models import cloudtrail_backends

from chalicelib import reconcile
from chalicelib.errors import Gone
from chalicelib.model import Resource
from lab.scenes.cloudtrail_trail import NEIGHBOUR, scene
from remediations.cloudtrail.start_logging import remediation
from tests.aws import Aws

TRAIL = Resource("AWS::CloudTrail::Trail", "management-events", "123456789012", "eu-central-1")


def logging(aws, name):
    return aws.client("cloudtrail").get_trail_status(Name=name)["IsLogging"]


def test_a_stopped_trail_logs_again_and_undo_stops_only_that_one(aws):
    assert scene.make(aws.boto, TRAIL) == scene.make(aws.boto, TRAIL) == TRAIL.id
    plan = reconcile.plan(remediation, aws, TRAIL)
    assert plan == reconcile.Plan(before={"logging": False}, after={"logging": True})
    reconcile.write(remediation, aws, TRAIL, plan.before, plan.after)
    assert (logging(aws, TRAIL.id), logging(aws, NEIGHBOUR)) == (True, True)
    reconcile.write(remediation, aws, TRAIL, plan.after, plan.before)
    assert (logging(aws, TRAIL.id), logging(aws, NEIGHBOUR)) == (False, True)


def test_stopping_a_trail_again_needs_a_confirmation():
    assert remediation.confirm_undo == (
        "Undo stops the trail again: nothing that happens from then on is recorded by it."
    )


def test_a_shadow_trail_can_only_be_started_in_its_home_region(aws):
    cloudtrail = aws.client("cloudtrail")
    aws.client("s3").create_bucket(
        Bucket="trail-logs", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
    )
    cloudtrail.create_trail(Name=TRAIL.id, S3BucketName="trail-logs", IsMultiRegionTrail=True)
    away = Resource(TRAIL.type, TRAIL.id, TRAIL.account, "us-east-1")
    with pytest.raises(Gone, match="is gone, or at home in another account or region: look for it there"):
        reconcile.plan(remediation, Aws(aws.boto, region="us-east-1"), away)


def test_an_organization_trail_cannot_be_started_from_a_member_account(aws):
    scene.make(aws.boto, TRAIL)
    # moto shows members no organization trails: here the trail's owner is another account.
    trail = cloudtrail_backends["123456789012"]["eu-central-1"].trails[TRAIL.id]
    trail.account_id = "999999999999"
    with pytest.raises(Gone, match="is gone, or at home in another account or region: look for it there"):
        reconcile.plan(remediation, aws, TRAIL)


def test_the_accounts_own_trail_wins_over_another_of_its_name(aws):
    scene.make(aws.boto, TRAIL)
    aws.boto.client("cloudtrail", region_name="us-east-1").create_trail(
        Name=TRAIL.id, S3BucketName="trail-logs-123456789012-eu-central-1", IsMultiRegionTrail=True
    )
    assert reconcile.read(remediation, aws, TRAIL) == {"logging": False}


def test_a_deleted_trail_is_gone(aws):
    with pytest.raises(Gone, match="is gone, or at home in another account"):
        reconcile.plan(remediation, aws, TRAIL)
