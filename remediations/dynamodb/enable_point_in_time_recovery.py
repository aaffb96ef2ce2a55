"""Turn on point-in-time recovery of a DynamoDB table, so that what is deleted from now on can be brought back."""

from __future__ import annotations

from chalicelib.model import Json, Remediation, Resource, Session


def read(aws: Session, table: Resource) -> Json:
    """Return `{"enabled": bool}`."""
    found = aws.client("dynamodb").describe_continuous_backups(TableName=table.id)["ContinuousBackupsDescription"]
    return {"enabled": found.get("PointInTimeRecoveryDescription", {}).get("PointInTimeRecoveryStatus") == "ENABLED"}


def desired(now: Json, table: Resource) -> Json:
    return {"enabled": True}


def write(aws: Session, table: Resource, now: Json, then: Json) -> None:
    wanted = {"PointInTimeRecoveryEnabled": then["enabled"]}
    aws.client("dynamodb").update_continuous_backups(TableName=table.id, PointInTimeRecoverySpecification=wanted)


remediation = Remediation(
    id="dynamodb.enable_point_in_time_recovery",
    title="Enable point-in-time recovery of a DynamoDB table",
    resource_type="AWS::DynamoDB::Table",
    reads=("dynamodb:DescribeContinuousBackups",),
    writes=("dynamodb:UpdateContinuousBackups",),
    pin=("arn:{partition}:dynamodb:{region}:{account}:table/{id}",),
    impact=(
        "From now on the table can be restored as it was at any second of the last 35 days, at a cost by its size."
        " Nothing older comes back: whoever turned it off deleted what it held, and it cannot bring back what was"
        " changed before now. Restoring makes a new table. Reads and writes go on as they are, and each replica of a"
        " global table has a setting of its own. Whoever may update backups can turn it off again."
    ),
    confirm_undo="Undo deletes the continuous backups: the table can then not be restored to any moment.",
    read=read,
    desired=desired,
    write=write,
)
