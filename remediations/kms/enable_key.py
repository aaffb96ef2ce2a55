"""Enable a KMS key that was disabled, so that what it encrypts can be read again."""

from chalicelib.model import Remediation, Resource, Session, State


def read(aws: Session, key: Resource) -> State:
    """Return `{"enabled": bool}`: false as well for a key that waits for its deletion or for key material."""
    return {"enabled": aws.client("kms").describe_key(KeyId=key.id)["KeyMetadata"]["Enabled"]}


def desired(now: State, key: Resource) -> State:
    return {"enabled": True}


def write(aws: Session, key: Resource, now: State, then: State) -> None:
    kms = aws.client("kms")
    act = kms.enable_key if then["enabled"] else kms.disable_key
    act(KeyId=key.id)


remediation = Remediation(
    id="kms.enable_key",
    title="Enable a KMS key",
    resource_type="AWS::KMS::Key",
    reads=("kms:DescribeKey",),
    writes=("kms:EnableKey", "kms:DisableKey"),
    pin=("arn:{partition}:kms:{region}:{account}:key/{id}",),
    impact=(
        "Whoever the key's policy, grants and IAM allow can use it again, the intruder too if they are among them. A"
        " key whose deletion is scheduled is refused by AWS until that is cancelled; one without its imported material"
        " or its key store stays unusable. Services may need minutes until they notice."
    ),
    confirm_undo="Undo disables the key again: everything that needs it for its data fails.",
    read=read,
    desired=desired,
    write=write,
)
