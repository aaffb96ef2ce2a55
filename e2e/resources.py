"""What is insecure in a member account, as an administrator leaves it there, and whether it still is."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

Client: TypeAlias = Callable[[str], Any]
"""Gives an administrator's client of a service in the member account and region."""

IMAGE = "ami-760aaa0f"
ANYWHERE = "0.0.0.0/0"
QUARANTINE = "countermeasure-quarantine"


@dataclass(frozen=True, slots=True)
class Insecure:
    """One kind of resource: `make` returns its id, `contained` says whether it is harmless now.

    `named` is the id by which the example event talks of it. `compliant` says that an answer finds something else of
    it in order: the key has begun no session.
    """

    named: str
    make: Callable[[Client, str], str]
    contained: Callable[[Client, str], bool]
    compliant: bool = False


def make_instance(client: Client, name: str) -> str:
    """An instance that lets the internet in."""
    ec2 = client("ec2")
    group = make_group(client, f"{name}-web")
    made = ec2.run_instances(ImageId=IMAGE, MinCount=1, MaxCount=1, SecurityGroupIds=[group])
    return str(made["Instances"][0]["InstanceId"])


def isolated(client: Client, instance: str) -> bool:
    """Its disks are kept, and nothing reaches it, nor it anything."""
    ec2 = client("ec2")
    found = ec2.describe_instances(InstanceIds=[instance])["Reservations"][0]["Instances"][0]
    groups = {group["GroupId"] for interface in found["NetworkInterfaces"] for group in interface["Groups"]}
    held = ec2.describe_security_groups(GroupIds=sorted(groups))["SecurityGroups"]
    open_ = [each for each in held if each["IpPermissions"] or each["IpPermissionsEgress"]]
    volumes = [disk["Ebs"]["VolumeId"] for disk in found["BlockDeviceMappings"]]
    kept = ec2.describe_snapshots(OwnerIds=["self"], Filters=[{"Name": "volume-id", "Values": volumes}])["Snapshots"]
    return not open_ and {snapshot["VolumeId"] for snapshot in kept} == set(volumes)


def make_group(client: Client, name: str) -> str:
    """A security group that lets the internet in to SSH, and a network of ours to HTTPS."""
    ec2 = client("ec2")
    vpc = ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"][0]["VpcId"]
    group = ec2.create_security_group(GroupName=name, Description=name, VpcId=vpc)["GroupId"]
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[_tcp(22, ANYWHERE), _tcp(443, "192.0.2.0/24")])
    return str(group)


def closed(client: Client, group: str) -> bool:
    """The internet is out, and what was not open to it is as it was."""
    found = client("ec2").describe_security_groups(GroupIds=[group])["SecurityGroups"][0]["IpPermissions"]
    left = {(rule["FromPort"], each["CidrIp"]) for rule in found for each in rule["IpRanges"]}
    return left == {(443, "192.0.2.0/24")}


def make_bucket(client: Client, name: str) -> str:
    """A bucket that anybody may read."""
    s3 = client("s3")
    region = s3.meta.region_name
    where = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
    s3.create_bucket(Bucket=name, **where)
    statement = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{name}/*"}
    s3.put_bucket_policy(Bucket=name, Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
    return name


def blocked(client: Client, bucket: str) -> bool:
    """All four settings block the public."""
    s3 = client("s3")
    try:
        found = s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"]
    except s3.exceptions.ClientError:
        return False
    return len(found) == 4 and all(found.values())


def make_trail(client: Client, name: str) -> str:
    """A trail whose logging somebody stopped."""
    cloudtrail = client("cloudtrail")
    make_bucket(client, f"{name}-logs")
    cloudtrail.create_trail(Name=name, S3BucketName=f"{name}-logs")
    return name


def logging(client: Client, trail: str) -> bool:
    return bool(client("cloudtrail").get_trail_status(Name=trail)["IsLogging"])


def make_key(client: Client, name: str) -> str:
    """An active access key."""
    iam = client("iam")
    iam.create_user(UserName=name)
    return str(iam.create_access_key(UserName=name)["AccessKey"]["AccessKeyId"])


def inactive(client: Client, key: str) -> bool:
    iam = client("iam")
    users = [user["UserName"] for user in iam.list_users()["Users"]]
    keys = [each for user in users for each in iam.list_access_keys(UserName=user)["AccessKeyMetadata"]]
    return {each["Status"] for each in keys if each["AccessKeyId"] == key} == {"Inactive"}


def _tcp(port: int, cidr: str) -> dict[str, Any]:
    return {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "IpRanges": [{"CidrIp": cidr}]}


INSTANCE = Insecure("i-0abcd1234ef567890", make_instance, isolated)
GROUP = Insecure("sg-0abcd1234ef567890", make_group, closed)
BUCKET = Insecure("quarterly-reports-example", make_bucket, blocked)
TRAIL = Insecure("management-events", make_trail, logging)
KEY = Insecure("AKIAIOSFODNN7EXAMPLE", make_key, inactive, compliant=True)

EXAMPLES: Mapping[str, tuple[str, Insecure | None]] = {
    "guardduty": ("guardduty.ec2_mining_cryptocurrency/fires.connection_to_a_pool", INSTANCE),
    "securityhub": ("securityhub.bucket_public/fires.no_block", BUCKET),
    "config": ("config.security_group_open/fires.plain_name", GROUP),
    "cloudtrail": ("cloudtrail.trail_logging_stopped/fires.by_arn", TRAIL),
    "signin": ("signin.root_login/fires.with_mfa", None),
    "health": ("health.access_key_exposed/fires.one_key", KEY),
    "accessanalyzer": ("accessanalyzer.bucket_public/fires.anybody", BUCKET),
}
"""The event that each function is given, of tests/events, and the resource that it is about."""
