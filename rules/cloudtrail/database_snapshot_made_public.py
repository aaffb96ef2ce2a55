"""A database snapshot was shared with everybody, and with it all that is in the database: take that back at once.

Nobody can rely yet on what has only just been shared. Sharing with an account is `cloudtrail.database_copied_out`.
"""

from chalicelib.model import Rule, Severity
from remediations.rds.make_cluster_snapshot_private import remediation as make_cluster_snapshot_private
from remediations.rds.make_snapshot_private import remediation as make_snapshot_private
from rules.controls import BREACH, PUBLIC_DATA

rule = Rule(
    id="cloudtrail.database_snapshot_made_public",
    title="Database snapshot was made public",
    pattern={
        "source": ["aws.rds"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "eventName": ["ModifyDBClusterSnapshotAttribute", "ModifyDBSnapshotAttribute"],
            "errorCode": [{"exists": False}],
            "requestParameters": {"attributeName": ["restore"], "valuesToAdd": ["all"]},
        },
    },
    resources={
        "AWS::RDS::DBSnapshot": "detail.requestParameters.dBSnapshotIdentifier",
        "AWS::RDS::DBClusterSnapshot": "detail.requestParameters.dBClusterSnapshotIdentifier",
    },
    respond=(make_snapshot_private, make_cluster_snapshot_private),
    severity=Severity.HIGH,
    attack=("T1537",),
    controls={**PUBLIC_DATA, **BREACH},
    look_at=(
        "See which accounts it is still shared with. Whoever copied it meanwhile keeps the copy and leaves no trace in"
        " your account: count the data, password hashes and secrets in it as out."
    ),
    ask_actor=True,
)
