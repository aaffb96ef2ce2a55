"""Images or snapshots of a region may be made public again: ask, since the account may publish some on purpose."""

from chalicelib.model import Mode, Rule, Severity
from remediations.ec2.block_public_ami_and_snapshot_sharing import (
    remediation as block_public_ami_and_snapshot_sharing,
)
from rules.controls import SHARED_DISK

rule = Rule(
    id="cloudtrail.public_sharing_unblocked",
    title="Public sharing of images or snapshots was unblocked",
    pattern={
        "source": ["aws.ec2"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "eventName": ["DisableImageBlockPublicAccess", "DisableSnapshotBlockPublicAccess"],
            "errorCode": [{"exists": False}],
        },
    },
    resources={"AWS::Account": "detail.recipientAccountId"},
    respond=(block_public_ami_and_snapshot_sharing,),
    mode=Mode.APPROVE,
    severity=Severity.MEDIUM,
    attack=("T1562.001", "T1537"),
    controls=SHARED_DISK,
    look_at=(
        "Approve unless the account publishes images or snapshots. Then look for any that were made public since, in"
        " this region and in the others: the block is a region's own."
    ),
)
