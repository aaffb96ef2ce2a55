"""Another account copied a snapshot that it shares, or made a volume of it; it is the only trace: people are told."""

from chalicelib.model import Rule, Severity
from rules.controls import SHARED_DISK

rule = Rule(
    id="cloudtrail.shared_disk_copied",
    title="Shared snapshot was copied by another account",
    pattern={
        "source": ["aws.ec2"],
        "detail-type": ["AWS Service Event via CloudTrail"],
        "detail": {
            "eventName": ["SharedSnapshotCopyInitiated", "SharedSnapshotVolumeCreated"],
            "errorCode": [{"exists": False}],
        },
    },
    severity=Severity.MEDIUM,
    attack=("T1537",),
    controls=SHARED_DISK,
    look_at=(
        "EC2 says which snapshot (serviceEventDetails), not who: see whom it is shared with, and since when (search for"
        " ModifySnapshotAttribute). If one of those is a stranger or everybody, data and secrets on that disk are out."
    ),
)
