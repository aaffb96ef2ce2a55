"""Turn on the deletion protection of a DynamoDB table, so that nobody deletes it by one call."""

from chalicelib.errors import Gone
from chalicelib.model import Remediation, Resource, Session, State


def read(aws: Session, table: Resource) -> State:
    """Return `{"protected": bool}`. Raises Gone for a table that is being deleted: nothing stops that any more."""
    found = aws.client("dynamodb").describe_table(TableName=table.id)["Table"]
    if found["TableStatus"] == "DELETING":
        raise Gone(f"{table.key} is being deleted")
    return {"protected": found.get("DeletionProtectionEnabled", False)}


def desired(now: State, table: Resource) -> State:
    return {"protected": True}


def write(aws: Session, table: Resource, now: State, then: State) -> None:
    aws.client("dynamodb").update_table(TableName=table.id, DeletionProtectionEnabled=then["protected"])


remediation = Remediation(
    id="dynamodb.restore_deletion_protection",
    title="Protect a DynamoDB table from deletion",
    resource_type="AWS::DynamoDB::Table",
    reads=("dynamodb:DescribeTable",),
    writes=("dynamodb:UpdateTable",),
    pin=("arn:{partition}:dynamodb:{region}:{account}:table/{id}",),
    impact=(
        "The table cannot be deleted until somebody turns this off again; reads, writes and the cost stay as they are,"
        " and deployments that replace the table fail. Items can still be deleted, and who may update the table can"
        " turn it off. Replicas of a global table have a protection each. AWS refuses while the table is being updated."
    ),
    confirm_undo="Undo leaves the table open to deletion again.",
    read=read,
    desired=desired,
    write=write,
)
