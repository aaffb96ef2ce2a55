"""The network ACL of a subnet: what it says of one address, and how an entry for it is put in and taken out."""

from __future__ import annotations

from botocore.exceptions import ClientError

from chalicelib.errors import Busy, Gone, Unsupported
from chalicelib.model import Json, Resource, Session

LAST = 32766
"""The highest number of an entry; 32767 is the rule that denies what nothing allows (EC2 API reference,
CreateNetworkAclEntry)."""

DIRECTIONS = {"ingress": False, "egress": True}


def of_subnet(aws: Session, subnet: Resource) -> Json:
    """Return the network ACL of the subnet: each has exactly one. Raises Gone."""
    filters = [{"Name": "association.subnet-id", "Values": [subnet.id]}]
    found = aws.client("ec2").describe_network_acls(Filters=filters)["NetworkAcls"]
    if not found:
        raise Gone(f"{subnet.key} does not exist any more")
    return found[0]


def standing(acl: Json, cidr: str, egress: bool) -> str:
    """Return "denied" when an entry denies the address everything before any allows anything, "late" when it comes
    only after that, "passed" when there is none.
    """
    numbers = denials(acl, cidr, egress)
    if not numbers:
        return "passed"
    return "denied" if numbers[0] < first_allowed(acl, egress) else "late"


def denials(acl: Json, cidr: str, egress: bool) -> list[int]:
    """Return the numbers of the entries that deny this address, and no other, everything; the first in force first."""
    denied = {"RuleAction": "deny", "Protocol": "-1", "Egress": egress, **range_of(cidr)}
    return sorted(each["RuleNumber"] for each in acl["Entries"] if denied.items() <= each.items())


def first_allowed(acl: Json, egress: bool) -> int:
    """Return the number of the first entry that allows anything; one past the last when none does."""
    allowed = [each for each in acl["Entries"] if each["RuleAction"] == "allow" and each["Egress"] == egress]
    return min((each["RuleNumber"] for each in allowed), default=LAST + 1)


def deny(ec2: Json, acl: Json, cidr: str, egress: bool) -> None:
    """Put an entry in, on the highest free number before the first that allows. Raises Unsupported, Busy."""
    taken = {each["RuleNumber"] for each in acl["Entries"] if each["Egress"] == egress}
    free = [number for number in range(1, first_allowed(acl, egress)) if number not in taken]
    if not free:
        raise Unsupported(f"{acl['NetworkAclId']} has no free number before its first allow: renumber that entry")
    entry = {"RuleNumber": free[-1], "Protocol": "-1", "RuleAction": "deny", "Egress": egress, **range_of(cidr)}
    try:
        ec2.create_network_acl_entry(NetworkAclId=acl["NetworkAclId"], **entry)
    except ClientError as error:
        if error.response["Error"]["Code"] != "NetworkAclEntryAlreadyExists":
            raise
        [now] = ec2.describe_network_acls(NetworkAclIds=[acl["NetworkAclId"]])["NetworkAcls"]
        if free[-1] in denials(now, cidr, egress):
            return  # it is ours: botocore asked once more, as it did not hear the answer
        raise Busy(f"{acl['NetworkAclId']}: somebody took number {free[-1]} a moment ago: try again") from error


def let_pass(ec2: Json, acl: Json, cidr: str, egress: bool) -> None:
    """Take out the entries that deny the address before anything is allowed; later ones were never ours."""
    for number in denials(acl, cidr, egress):
        if number < first_allowed(acl, egress):
            try:
                ec2.delete_network_acl_entry(NetworkAclId=acl["NetworkAclId"], RuleNumber=number, Egress=egress)
            except ClientError as error:
                if error.response["Error"]["Code"] != "InvalidNetworkAclEntry.NotFound":
                    raise


def range_of(cidr: str) -> dict[str, str]:
    return {"Ipv6CidrBlock" if ":" in cidr else "CidrBlock": cidr}
