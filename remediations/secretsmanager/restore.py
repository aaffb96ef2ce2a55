"""Restore a secret whose deletion is scheduled, so that what needs it can read it again."""

from chalicelib.model import Remediation, Resource, Session, State

LONGEST = 30
"""Days that undo gives before the secret is deleted: the most that DeleteSecret takes."""


def read(aws: Session, secret: Resource) -> State:
    """Return `{"deletion": "scheduled" | "none"}`; for which day is no part of it."""
    found = aws.client("secretsmanager").describe_secret(SecretId=secret.id)
    return {"deletion": "scheduled" if found.get("DeletedDate") else "none"}


def desired(now: State, secret: Resource) -> State:
    return {"deletion": "none"}


def write(aws: Session, secret: Resource, now: State, then: State) -> None:
    secrets = aws.client("secretsmanager")
    if then == now:
        return
    if then["deletion"] == "none":
        secrets.restore_secret(SecretId=secret.id)
    else:
        secrets.delete_secret(SecretId=secret.id, RecoveryWindowInDays=LONGEST)


remediation = Remediation(
    id="secretsmanager.restore",
    title="Restore a secret",
    resource_type="AWS::SecretsManager::Secret",
    reads=("secretsmanager:DescribeSecret",),
    writes=("secretsmanager:RestoreSecret", "secretsmanager:DeleteSecret"),
    pin=("{id}",),
    impact=(
        "Whoever may read the secret can again, the intruder too if they are among them, and it costs what a secret"
        " costs. Its value, versions and policy are as they were: rotate it if it was read. Replicas in other regions"
        " that were removed are not made again, and one that was deleted without a recovery window is gone."
    ),
    confirm_undo=(
        "Undo schedules the deletion again, 30 days from then and not for the day that it was: what reads the secret"
        " fails at once, and after that it is lost."
    ),
    read=read,
    desired=desired,
    write=write,
)
