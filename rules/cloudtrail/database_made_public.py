"""A database got a public address, by a change or from its beginning: ask, since something may need to reach it."""

from chalicelib.model import Mode, Rule, Severity
from remediations.rds.make_private import remediation as make_database_private
from remediations.redshift.make_private import remediation as make_warehouse_private
from rules.controls import PUBLIC_DATA

PUBLIC = {"publiclyAccessible": [True]}

rule = Rule(
    id="cloudtrail.database_made_public",
    title="Database was made public",
    pattern={
        "source": ["aws.rds", "aws.redshift"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "errorCode": [{"exists": False}],
            "$or": [
                {"eventName": ["ModifyDBInstance", "ModifyCluster"], "requestParameters": PUBLIC},
                # Who leaves it out gets what the subnets make of it: the answer says which.
                {
                    "eventName": [
                        "CreateDBInstance",
                        "CreateDBInstanceReadReplica",
                        "RestoreDBInstanceFromDBSnapshot",
                        "RestoreDBInstanceFromS3",
                        "RestoreDBInstanceToPointInTime",
                    ],
                    "$or": [{"requestParameters": PUBLIC}, {"responseElements": PUBLIC}],
                },
                {
                    "eventSource": ["redshift.amazonaws.com"],
                    "eventName": ["CreateCluster", "RestoreFromClusterSnapshot"],
                    "$or": [{"requestParameters": PUBLIC}, {"responseElements": PUBLIC}],
                },
            ],
        },
    },
    resources={
        "AWS::RDS::DBInstance": (
            "detail.requestParameters.dBInstanceIdentifier || detail.requestParameters.targetDBInstanceIdentifier"
        ),
        "AWS::Redshift::Cluster": "detail.requestParameters.clusterIdentifier",
    },
    respond=(make_database_private, make_warehouse_private),
    mode=Mode.APPROVE,
    severity=Severity.HIGH,
    attack=("T1562.007", "T1190"),
    controls={**PUBLIC_DATA, "cis-aws": ("2.3.3",)},
    look_at=(
        "Ask whoever did it what reaches the database from outside. One restored from a snapshot may be a copy made to"
        " be read: see who made it. Look whether its security groups let the internet in, and at its logins since."
    ),
    ask_actor=True,
)
