"""Have EC2 encrypt every new volume and snapshot copy of a region, whether or not whoever makes it asks for that."""

from __future__ import annotations

from chalicelib.model import Json, Remediation, Resource, Session


def read(aws: Session, account: Resource) -> Json:
    """Return `{"enabled": bool}`, of the region."""
    return {"enabled": aws.client("ec2").get_ebs_encryption_by_default()["EbsEncryptionByDefault"]}


def desired(now: Json, account: Resource) -> Json:
    return {"enabled": True}


def write(aws: Session, account: Resource, now: Json, then: Json) -> None:
    ec2 = aws.client("ec2")
    act = ec2.enable_ebs_encryption_by_default if then["enabled"] else ec2.disable_ebs_encryption_by_default
    act()


remediation = Remediation(
    id="ec2.enable_ebs_encryption_by_default",
    title="Encrypt new EBS volumes by default",
    resource_type="AWS::Account",
    reads=("ec2:GetEbsEncryptionByDefault",),
    writes=("ec2:EnableEbsEncryptionByDefault", "ec2:DisableEbsEncryptionByDefault"),
    impact=(
        "Volumes and snapshot copies that are made in this region from now on are encrypted, under the region's default"
        " key for EBS. Volumes and snapshots that are there stay as they are. Whoever may not use that key can launch"
        " nothing, and snapshots under AWS's own key cannot be shared with other accounts. Other regions have a setting"
        " of their own."
    ),
    read=read,
    desired=desired,
    write=write,
)
