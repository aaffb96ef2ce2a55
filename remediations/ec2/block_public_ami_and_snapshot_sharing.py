"""Let nobody share the account's images and EBS snapshots of a region with everybody."""

from __future__ import annotations

from chalicelib.errors import Unsupported
from chalicelib.model import Json, Remediation, Resource, Session

BLOCKED = {"images": "block-new-sharing", "snapshots": "block-all-sharing"}
OPEN = "unblocked"


def read(aws: Session, account: Resource) -> Json:
    """Return `{"images": ..., "snapshots": ...}`: what EC2 blocks in the region, in its own words ("unblocked").

    Raises Unsupported where an organization's policy leaves it unblocked.
    """
    ec2 = aws.client("ec2")
    images, snapshots = ec2.get_image_block_public_access_state(), ec2.get_snapshot_block_public_access_state()
    now = {"images": images["ImageBlockPublicAccessState"], "snapshots": snapshots["State"]}
    for name, answer in (("images", images), ("snapshots", snapshots)):
        if now[name] != BLOCKED[name] and answer.get("ManagedBy") == "declarative-policy":
            raise Unsupported(
                f"a declarative policy of the organization lets {account.account} share {name} of {account.region}"
                " with everybody: change it there"
            )
    return now


def desired(now: Json, account: Resource) -> Json:
    return dict(BLOCKED)


def write(aws: Session, account: Resource, now: Json, then: Json) -> None:
    ec2 = aws.client("ec2")
    if then["images"] != now["images"]:
        if then["images"] == OPEN:
            ec2.disable_image_block_public_access()
        else:
            ec2.enable_image_block_public_access(ImageBlockPublicAccessState=then["images"])
    if then["snapshots"] != now["snapshots"]:
        if then["snapshots"] == OPEN:
            ec2.disable_snapshot_block_public_access()
        else:
            ec2.enable_snapshot_block_public_access(State=then["snapshots"])


remediation = Remediation(
    id="ec2.block_public_ami_and_snapshot_sharing",
    title="Block public sharing of images and snapshots",
    resource_type="AWS::Account",
    reads=("ec2:GetImageBlockPublicAccessState", "ec2:GetSnapshotBlockPublicAccessState"),
    writes=(
        "ec2:EnableImageBlockPublicAccess",
        "ec2:DisableImageBlockPublicAccess",
        "ec2:EnableSnapshotBlockPublicAccess",
        "ec2:DisableSnapshotBlockPublicAccess",
    ),
    impact=(
        "In this region, nobody can make an image or a snapshot of the account public any more. Snapshots that are"
        " public are hidden from everybody else, though still marked public; images that are public stay so, and need"
        " ec2.make_image_private. It takes up to ten minutes. What is shared with accounts by their id stays shared,"
        " and what was copied stays out."
    ),
    confirm_undo="Undo shows everybody again the snapshots that are still marked public.",
    read=read,
    desired=desired,
    write=write,
)
