"""A snapshot or machine image was shared with everybody, and with it all that is on the disk; people are told."""

from chalicelib.model import Rule, Severity
from rules.controls import BREACH

rule = Rule(
    id="cloudtrail.snapshot_made_public",
    title="Snapshot or image was made public",
    pattern={
        "source": ["aws.ec2", "aws.rds"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "errorCode": [{"exists": False}],
            "$or": [
                {
                    "eventName": ["ModifySnapshotAttribute"],
                    "requestParameters": {"createVolumePermission": {"add": {"items": {"group": ["all"]}}}},
                },
                {
                    "eventName": ["ModifyImageAttribute"],
                    "requestParameters": {"launchPermission": {"add": {"items": {"group": ["all"]}}}},
                },
                {
                    "eventName": ["ModifyDBSnapshotAttribute", "ModifyDBClusterSnapshotAttribute"],
                    "requestParameters": {"attributeName": ["restore"], "valuesToAdd": ["all"]},
                },
            ],
        },
    },
    severity=Severity.HIGH,
    attack=("T1537",),
    controls={"pci-dss": ("7.2.1",), "soc2": ("CC6.1", "CC6.6"), "hipaa": ("164.312(a)(1)",), **BREACH},
    look_at=(
        "Take the permission for everybody off again at once. Whoever copied it meanwhile keeps the copy and leaves no"
        " trace in your account: count the data and every secret on that disk as out."
    ),
)
