"""Cancel the deletion of a KMS key, so that what it encrypts is not lost for good."""

from chalicelib.model import Remediation, Resource, Session, State

PENDING = ("PendingDeletion", "PendingReplicaDeletion")
"""The second is a primary key's that waits for its replicas to be deleted (KMS Developer Guide, "Key states")."""

LONGEST = 30
"""Days that undo gives before the key is deleted: the most that ScheduleKeyDeletion takes."""


def read(aws: Session, key: Resource) -> State:
    """Return `{"deletion": "scheduled" | "none"}`; for which day is no part of it."""
    state = aws.client("kms").describe_key(KeyId=key.id)["KeyMetadata"]["KeyState"]
    return {"deletion": "scheduled" if state in PENDING else "none"}


def desired(now: State, key: Resource) -> State:
    return {"deletion": "none"}


def write(aws: Session, key: Resource, now: State, then: State) -> None:
    kms = aws.client("kms")
    if then == now:
        return
    if then["deletion"] == "none":
        kms.cancel_key_deletion(KeyId=key.id)
    else:
        kms.schedule_key_deletion(KeyId=key.id, PendingWindowInDays=LONGEST)


remediation = Remediation(
    id="kms.cancel_deletion",
    title="Cancel the deletion of a KMS key",
    resource_type="AWS::KMS::Key",
    reads=("kms:DescribeKey",),
    writes=("kms:CancelKeyDeletion", "kms:ScheduleKeyDeletion"),
    pin=("arn:{partition}:kms:{region}:{account}:key/{id}",),
    impact=(
        "The key stays, and costs what a key costs. It is disabled afterwards, whatever it was before: what needs it"
        " goes on failing until it is enabled, which is a step of its own. Replicas of a multi-Region key that are"
        " being deleted, imported key material that was deleted, grants and the key policy are not brought back."
    ),
    confirm_undo=(
        "Undo schedules the deletion again, 30 days from then and not for the day that it was: after that nobody can"
        " decrypt what the key has encrypted."
    ),
    read=read,
    desired=desired,
    write=write,
)
