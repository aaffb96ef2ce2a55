"""An EBS snapshot was shared with everybody, and with it all that is on the disk: take that back at once.

Nobody can rely yet on what has only just been shared. Images are `cloudtrail.image_made_public`.
"""

from chalicelib.model import Rule, Severity
from remediations.ec2.make_snapshot_private import remediation as make_snapshot_private
from rules.controls import BREACH, SHARED_DISK

rule = Rule(
    id="cloudtrail.snapshot_made_public",
    title="EBS snapshot was made public",
    pattern={
        "source": ["aws.ec2"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "eventName": ["ModifySnapshotAttribute"],
            "errorCode": [{"exists": False}],
            "requestParameters": {"createVolumePermission": {"add": {"items": {"group": ["all"]}}}},
        },
    },
    resources={"AWS::EC2::Snapshot": "detail.requestParameters.snapshotId"},
    respond=(make_snapshot_private,),
    severity=Severity.HIGH,
    attack=("T1537",),
    controls={**SHARED_DISK, **BREACH},
    look_at=(
        "See which accounts it is still shared with. Whoever copied it meanwhile keeps the copy: look in CloudTrail for"
        " SharedSnapshotCopyInitiated and SharedSnapshotVolumeCreated, and count the secrets on that disk as out."
    ),
    ask_actor=True,
)
