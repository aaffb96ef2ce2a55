"""Keep the events of a log group for at least a year, where somebody had them expire sooner."""

from __future__ import annotations

from chalicelib.errors import Gone, Unsupported
from chalicelib.model import Json, Remediation, Resource, Session

DAYS = 365
"""What AWS Security Hub's control CloudWatch.16 asks for."""


def read(aws: Session, group: Resource) -> Json:
    """Return `{"days": int}`, null where events never expire.

    Raises Gone when the group was deleted, Unsupported for one of class DELIVERY.
    """
    pages = aws.client("logs").get_paginator("describe_log_groups").paginate(logGroupNamePrefix=group.id)
    found = [each for page in pages for each in page["logGroups"] if each["logGroupName"] == group.id]
    if not found:
        raise Gone(f"{group.key} does not exist any more")
    if found[0].get("logGroupClass") == "DELIVERY":
        raise Unsupported(f"{group.id} is of class DELIVERY: CloudWatch Logs keeps its events for two days, always")
    return {"days": found[0].get("retentionInDays")}


def desired(now: Json, group: Resource) -> Json:
    return now if now["days"] is None else {"days": max(now["days"], DAYS)}


def write(aws: Session, group: Resource, now: Json, then: Json) -> None:
    # Never null: what never expires is kept as it is, so that no undo has to bring it back.
    aws.client("logs").put_retention_policy(logGroupName=group.id, retentionInDays=then["days"])


remediation = Remediation(
    id="logs.restore_retention",
    title="Keep the events of a log group for a year",
    resource_type="AWS::Logs::LogGroup",
    reads=("logs:DescribeLogGroups",),
    writes=("logs:PutRetentionPolicy",),
    pin=("arn:{partition}:logs:{region}:{account}:log-group:{id}",),
    impact=(
        "Events of the group are kept for 365 days, at the cost of storing them; a group that keeps them longer, or"
        " for ever, stays as it is. What the group kept before it was shortened is not known: if that was more, set it"
        " by hand. Events that CloudWatch Logs has expired meanwhile do not come back; it deletes them within 72 hours."
    ),
    confirm_undo="Undo has events expire sooner again: what is older is deleted for good.",
    read=read,
    desired=desired,
    write=write,
)
