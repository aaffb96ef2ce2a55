"""Take away the serial console of a region's instances, which passes by every security group."""

from __future__ import annotations

from chalicelib.errors import Unsupported
from chalicelib.model import Json, Remediation, Resource, Session


def read(aws: Session, account: Resource) -> Json:
    """Return `{"allowed": bool}`, of the region. Raises Unsupported where an organization's policy allows it."""
    found = aws.client("ec2").get_serial_console_access_status()
    if found["SerialConsoleAccessEnabled"] and found.get("ManagedBy") == "declarative-policy":
        raise Unsupported(
            f"a declarative policy of the organization allows {account.account} the serial console in {account.region}:"
            " change it there"
        )
    return {"allowed": found["SerialConsoleAccessEnabled"]}


def desired(now: Json, account: Resource) -> Json:
    return {"allowed": False}


def write(aws: Session, account: Resource, now: Json, then: Json) -> None:
    ec2 = aws.client("ec2")
    act = ec2.enable_serial_console_access if then["allowed"] else ec2.disable_serial_console_access
    act()


remediation = Remediation(
    id="ec2.disable_serial_console_access",
    title="Disable the EC2 serial console",
    resource_type="AWS::Account",
    reads=("ec2:GetSerialConsoleAccessStatus",),
    writes=("ec2:DisableSerialConsoleAccess", "ec2:EnableSerialConsoleAccess"),
    impact=(
        "Nobody can open a serial console session to an instance of this region any more, not to repair one that does"
        " not boot either. A session that is open may go on. Passwords and keys that were set on an instance for it"
        " stay, and so do SSH, Systems Manager and other regions."
    ),
    confirm_undo="Undo lets whoever has the permission reach instances past their security groups again.",
    read=read,
    desired=desired,
    write=write,
)
