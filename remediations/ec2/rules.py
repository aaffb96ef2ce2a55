"""Security group rules as flat records of one source or destination each, and how to change a group's."""

from __future__ import annotations

from collections.abc import Callable

from botocore.exceptions import ClientError

from chalicelib.model import Json

PORTS = {"protocol": "IpProtocol", "from": "FromPort", "to": "ToPort"}
ENDS = {
    "IpRanges": {"cidr": "CidrIp"},
    "Ipv6Ranges": {"cidr": "CidrIpv6"},
    "PrefixListIds": {"prefix_list": "PrefixListId"},
    "UserIdGroupPairs": {
        "group": "GroupId",
        "account": "UserId",
        "vpc": "VpcId",
        "peering": "VpcPeeringConnectionId",
    },
}
"""How a record names what EC2 keeps in each list of an `IpPermission` (EC2 API reference)."""


def flat(permissions: Json) -> list[Json]:
    """Return one record per rule, sorted: `{"protocol": "tcp", "from": 22, "to": 22, "cidr": "0.0.0.0/0"}`.

    `from` and `to` are ports, or ICMP type and code; absent where EC2 has none. `description` is there if the rule
    has one.
    """
    records = [
        _renamed(permission, PORTS) | _renamed(end, names | {"description": "Description"})
        for permission in permissions
        for ends, names in ENDS.items()
        for end in permission.get(ends, ())
    ]
    return sorted(records, key=lambda record: sorted((key, str(value)) for key, value in record.items()))


def rules_of(group: Json) -> Json:
    """Return `{"ingress": [record, ...], "egress": [record, ...]}` of a group as DescribeSecurityGroups has it."""
    return {"ingress": flat(group["IpPermissions"]), "egress": flat(group["IpPermissionsEgress"])}


def permission(record: Json) -> Json:
    """Return the `IpPermission` of one record: `flat([permission(record)]) == [record]`."""
    ends = next(
        ends
        for ends, names in ENDS.items()
        if next(iter(names)) in record and (ends != "IpRanges" or ":" not in record["cidr"])
    )
    names = ENDS[ends] | {"description": "Description"}
    end = {theirs: record[ours] for ours, theirs in names.items() if ours in record}
    return {theirs: record[ours] for ours, theirs in PORTS.items() if ours in record} | {ends: [end]}


def change_ingress(ec2: Json, group_id: str, now: list[Json], then: list[Json]) -> None:
    """Take off the incoming rules that are only in `now`, and put on those that are only in `then`."""
    _change(ec2.revoke_security_group_ingress, "InvalidPermission.NotFound", group_id, now, then)
    _change(ec2.authorize_security_group_ingress, "InvalidPermission.Duplicate", group_id, then, now)


def change_egress(ec2: Json, group_id: str, now: list[Json], then: list[Json]) -> None:
    """Take off the outgoing rules that are only in `now`, and put on those that are only in `then`."""
    _change(ec2.revoke_security_group_egress, "InvalidPermission.NotFound", group_id, now, then)
    _change(ec2.authorize_security_group_egress, "InvalidPermission.Duplicate", group_id, then, now)


def _change(call: Callable[..., Json], done: str, group_id: str, these: list[Json], except_those: list[Json]) -> None:
    """Call with the rules in one request; where one is `done` already EC2 refuses all, so then one by one."""
    wanted = [permission(record) for record in these if record not in except_those]
    if not wanted:
        return
    try:
        call(GroupId=group_id, IpPermissions=wanted)
    except ClientError as error:
        if error.response["Error"]["Code"] != done:
            raise
        for record in these if len(wanted) > 1 else ():
            _change(call, done, group_id, [record], except_those)


def _renamed(found: Json, names: Json) -> Json:
    return {ours: found[theirs] for ours, theirs in names.items() if found.get(theirs) is not None}
