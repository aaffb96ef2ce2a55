"""An account with no password policy, public access block or detector left. Its neighbour is another account."""

from __future__ import annotations

import json
from typing import Any

import boto3

from chalicelib.model import Resource
from lab.fakes import accessanalyzer, cloudtrail, ec2, macie2
from lab.scene import Scene

INVOCATIONS = "PutModelInvocationLoggingConfiguration"


def make(boto: boto3.Session, account: Resource) -> str:
    """Return the id of the account, which has no policy until somebody makes one."""
    accessanalyzer.apply()
    cloudtrail.apply()
    ec2.apply()
    macie2.apply()
    _block(boto, account, acls=False)
    boto.client("ec2").enable_serial_console_access()
    cloudtrail.record(account, INVOCATIONS, {"loggingConfig": invocation_log(account)})
    boto.client("macie2").disable_macie()  # moto enables it in every account; AWS in none
    return account.account


def shortened(boto: boto3.Session, account: Resource) -> None:
    """Someone allows short passwords again."""
    boto.client("iam").update_account_password_policy(MinimumPasswordLength=8, RequireSymbols=True)


def half_locked(boto: boto3.Session, account: Resource) -> None:
    """Someone keeps old ACLs blocked, but lets public policies work again."""
    _block(boto, account, acls=True)


def detector_of_others(boto: boto3.Session, account: Resource) -> None:
    """Someone makes a detector of their own in place of ours."""
    guardduty = boto.client("guardduty")
    for detector in guardduty.list_detectors()["DetectorIds"]:
        guardduty.delete_detector(DetectorId=detector)
    guardduty.create_detector(Enable=True)


def analyzer_of_others(boto: boto3.Session, account: Resource) -> None:
    """Someone makes an analyzer of their own in place of ours."""
    analyzers: Any = boto.client("accessanalyzer")
    for analyzer in analyzers.list_analyzers()["analyzers"]:
        analyzers.delete_analyzer(analyzerName=analyzer["name"])
    analyzers.create_analyzer(analyzerName="theirs", type="ACCOUNT")


def macie_paused(boto: boto3.Session, account: Resource) -> None:
    """Someone pauses Macie, or enables it without having it look."""
    macie: Any = boto.client("macie2")
    macie.enable_macie()
    macie.update_macie_session(status="PAUSED")


def daily_snapshots(boto: boto3.Session, account: Resource) -> None:
    """Someone has Config's channel deliver a snapshot a day."""
    config: Any = boto.client("config")
    [channel] = config.describe_delivery_channels()["DeliveryChannels"]
    often = {"deliveryFrequency": "TwentyFour_Hours"}
    config.put_delivery_channel(DeliveryChannel={**channel, "configSnapshotDeliveryProperties": often})


def half_shared(boto: boto3.Session, account: Resource) -> None:
    """Someone lets snapshots that are public already be seen again."""
    boto.client("ec2").enable_snapshot_block_public_access(State="block-new-sharing")


def invocation_log(account: Resource) -> Any:
    """Return how Bedrock logged what its models were asked, until somebody turned that off."""
    return {
        "cloudWatchConfig": {
            "logGroupName": "/bedrock/invocations",
            "roleArn": f"arn:{account.partition}:iam::{account.account}:role/bedrock-logs",
        },
        "textDataDeliveryEnabled": True,
        "imageDataDeliveryEnabled": False,
    }


def logged_elsewhere(boto: boto3.Session, account: Resource) -> None:
    """Someone has Bedrock log into a bucket instead."""
    elsewhere: Any = {"s3Config": {"bucketName": "elsewhere"}, "textDataDeliveryEnabled": True}
    boto.client("bedrock").put_model_invocation_logging_configuration(loggingConfig=elsewhere)


def _block(boto: boto3.Session, account: Resource, *, acls: bool) -> None:
    settings: Any = dict.fromkeys(("BlockPublicPolicy", "RestrictPublicBuckets"), False)
    settings |= dict.fromkeys(("BlockPublicAcls", "IgnorePublicAcls"), acls)
    boto.client("s3control").put_public_access_block(AccountId=account.account, PublicAccessBlockConfiguration=settings)


scene = Scene(
    resource_type="AWS::Account",
    example="111122223333",
    make=make,
    drift={
        "accessanalyzer.recreate": analyzer_of_others,
        "config.recreate_recorder": daily_snapshots,
        "bedrock.restore_invocation_logging": logged_elsewhere,
        "ec2.block_public_ami_and_snapshot_sharing": half_shared,
        "guardduty.restore_detector": detector_of_others,
        "macie.enable": macie_paused,
        "iam.set_password_policy": shortened,
        "s3.block_public_access_account": half_locked,
    },
    details={"baseline": json.dumps({"channel": {"name": "default", "s3BucketName": "config-history-archive"}})},
    variants={"macie.enable": macie_paused},
)
