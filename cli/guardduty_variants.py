"""GuardDuty findings of a type, about each thing that it can be about: what decides which rule answers, and how."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias

from cli.least_events import ACCOUNT, REGION, Event, finding

About: TypeAlias = tuple[str, Mapping[str, Any], Mapping[str, Any]]
"""In words, the finding's `resource`, and its `service`."""

_ROLE_ID = "AROADBQP57FF2AEXAMPLE:build-42"
_REMOTE = {"remoteIpDetails": {"ipAddressV4": "198.51.100.24"}}
_BUILD = {
    "userName": "build",
    "userType": "AssumedRole",
    "principalId": _ROLE_ID,
    "accessKeyId": "ASIAIOSFODNN7EXAMPLE",
}
_ALICE = {"userName": "alice", "userType": "IAMUser", "principalId": "AIDACKCEVSQ6C2EXAMPLE"}
CALLERS: Mapping[str, Mapping[str, str]] = {
    "user's access key": {**_ALICE, "accessKeyId": "AKIAIOSFODNN7EXAMPLE"},
    "user's session": {**_ALICE, "accessKeyId": "ASIAIOSFODNN7EXAMPLE"},
    "role's session": _BUILD,
    "root": {"userName": "Root", "userType": "Root", "principalId": ACCOUNT, "accessKeyId": "ASIAIOSFODNN7EXAMPLE"},
    "nobody's key": {"userName": "anonymous", "userType": "AWSAccount", "accessKeyId": ""},
}
"""`accessKeyDetails`, by who called."""

_INSTANCE = {
    "instanceDetails": {
        "instanceId": "i-0abcd1234ef567890",
        "iamInstanceProfile": {"arn": f"arn:aws:iam::{ACCOUNT}:instance-profile/web", "id": "AIPACKCEVSQ6C2EXAMPLE"},
        "networkInterfaces": [
            {
                "networkInterfaceId": "eni-0abcd1234ef567890",
                "subnetId": "subnet-0abcd1234ef567890",
                "vpcId": "vpc-0abcd1234ef567890",
                "securityGroups": [{"groupId": "sg-0abcd1234ef567890", "groupName": "web"}],
            }
        ],
    }
}
_EKS = {"eksClusterDetails": {"name": "shop", "arn": f"arn:aws:eks:{REGION}:{ACCOUNT}:cluster/shop"}}
_ECS = {
    "ecsClusterDetails": {
        "name": "jobs",
        "arn": f"arn:aws:ecs:{REGION}:{ACCOUNT}:cluster/jobs",
        "taskDetails": {"arn": f"arn:aws:ecs:{REGION}:{ACCOUNT}:task/jobs/0123456789abcdef0123456789abcdef"},
    }
}
_FUNCTION = {
    "lambdaDetails": {
        "functionName": "resize",
        "functionArn": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:resize",
        "role": f"arn:aws:iam::{ACCOUNT}:role/resize",
    }
}
_BUCKET = {"s3BucketDetails": [{"name": "example-records", "arn": "arn:aws:s3:::example-records"}]}
_RECOVERY_POINT = {
    "recoveryPointDetails": {
        "recoveryPointArn": f"arn:aws:backup:{REGION}:{ACCOUNT}:recovery-point:1eb3b5e7-9eb0-435a-a80b-108b488b0d45"
    }
}


def variants(type_: str) -> Iterator[tuple[str, Event]]:
    """Yield what a finding of a type can be about, in words, and the least of such a finding."""
    for about, resource, service in _ABOUT.get(_kind(type_), _callers)(type_):
        yield about, finding(type_, resource, service)


def _kind(type_: str) -> str:
    """Return the word that says what a type is about: `Purpose:KIND/What`, or `AttackSequence`, or what was scanned."""
    purpose, _, rest = type_.partition(":")
    kind, _, what = rest.partition("/")
    scanned = kind != "Runtime" and what.startswith(("MaliciousFile", "SuspiciousFile"))
    return purpose if purpose == "AttackSequence" else "Scan" if scanned else kind


def _callers(_: str) -> Iterator[About]:
    trail = {"affectedResources": {"AWS::CloudTrail::Trail": f"arn:aws:cloudtrail:{REGION}:{ACCOUNT}:trail/audit"}}
    call = {"action": {"awsApiCallAction": {**_REMOTE, **trail}}}
    for who, key in CALLERS.items():
        yield who, {"resourceType": "AccessKey", "accessKeyDetails": key}, call


def _bucket(_: str) -> Iterator[About]:
    for who, key in CALLERS.items():
        yield f"bucket, by {who}", {"resourceType": "S3Bucket", "accessKeyDetails": key, **_BUCKET}, {}


def _instance(type_: str) -> Iterator[About]:
    resource = {"resourceType": "Instance", **_INSTANCE}
    inbound = {"networkConnectionAction": {"connectionDirection": "INBOUND", **_REMOTE}}
    probed = {"portProbeAction": {"portProbeDetails": [_REMOTE]}}
    if "PortProbe" not in type_:
        yield "instance, which acts", resource, {"resourceRole": "ACTOR"}
    suffers = {"resourceRole": "TARGET", "action": probed if "PortProbe" in type_ else inbound}
    yield "instance, which suffers it", resource, suffers


def _kubernetes(_: str) -> Iterator[About]:
    users = {
        "role": f"arn:aws:sts::{ACCOUNT}:assumed-role/build/build-42",
        "service account": "system:serviceaccount:default:default",
        "anybody": "system:anonymous",
    }
    for who, name in users.items():
        said = {"kubernetesDetails": {"kubernetesUserDetails": {"username": name}}}
        key = {"accessKeyDetails": _BUILD} if who == "role" else {}
        yield f"cluster, by {who}", {"resourceType": "EKSCluster", **_EKS, **said, **key}, {}


def _runtime(_: str) -> Iterator[About]:
    yield "instance", {"resourceType": "Instance", **_INSTANCE}, {}
    yield "EKS node", {"resourceType": "EKSCluster", **_EKS, **_INSTANCE}, {}
    yield "ECS task", {"resourceType": "ECSCluster", **_ECS}, {}


def _function(_: str) -> Iterator[About]:
    yield "function", {"resourceType": "Lambda", **_FUNCTION}, {}


def _database(_: str) -> Iterator[About]:
    arn = f"arn:aws:rds:{REGION}:{ACCOUNT}:db:orders"
    named = {"dbInstanceIdentifier": "orders", "dbInstanceArn": arn}
    yield "database", {"resourceType": "RDSDBInstance", "rdsDbInstanceDetails": named}, {}
    limitless = {"dbShardGroupIdentifier": "shards", "dbClusterIdentifier": "orders"}
    yield "limitless database", {"resourceType": "RDSLimitlessDB", "rdsLimitlessDbDetails": limitless}, {}


def _scanned(type_: str) -> Iterator[About]:
    """Yield what a malware scan was of (GuardDuty user guide, "Malware Protection")."""
    named, _, scanned = type_.partition(":")[2].partition("!")
    kind = named.partition("/")[0]
    for about, resource in _SCANNED[f"{kind} {scanned}".strip()]:
        yield about, resource, {}


def _sequence(type_: str) -> Iterator[About]:
    about = {"resourceType": "AttackSequence"}
    reached = _SEQUENCES.get(type_.partition(":")[2].partition("/")[0], ())
    for who, actor in _ACTORS.items():
        named = [{"uid": uid, "resourceType": kind, "accountId": ACCOUNT, "region": REGION} for kind, uid in reached]
        yield f"sequence, by {who}", about, {"detection": {"sequence": {"actors": [actor], "resources": named}}}


_ACTORS: Mapping[str, Mapping[str, Any]] = {
    "role's session": {
        "user": {"type": "AssumedRole", "name": "build", "uid": _ROLE_ID, "account": {"uid": ACCOUNT}},
        "session": {"issuer": f"arn:aws:iam::{ACCOUNT}:role/build"},
    },
    "user's access key": {
        "user": {"type": "IAMUser", "name": "alice", "credentialUid": "AKIAIOSFODNN7EXAMPLE"},
    },
    "process": {"process": {"name": "bash", "path": "/bin/bash"}},
}
_TASK = f"arn:aws:ecs:{REGION}:{ACCOUNT}:task/jobs/0123456789abcdef0123456789abcdef"
_SEQUENCES = {
    "EC2": (("EC2_INSTANCE", "i-0abcd1234ef567890"),),
    "ECS": (("ECS_TASK", _TASK),),
    "EKS": (("EKS_CLUSTER", f"arn:aws:eks:{REGION}:{ACCOUNT}:cluster/shop"), ("EC2_INSTANCE", "i-0abcd1234ef567890")),
    "S3": (("S3_BUCKET", "arn:aws:s3:::example-records"),),
}
_SNAPSHOT = f"arn:aws:ec2:{REGION}:{ACCOUNT}:snapshot/snap-0abcd1234ef567890"
_IMAGE = f"arn:aws:ec2:{REGION}:{ACCOUNT}:image/ami-0abcd1234ef567890"
_SCANNED: Mapping[str, tuple[tuple[str, Mapping[str, Any]], ...]] = {
    "EC2": (("instance", {"resourceType": "Instance", **_INSTANCE}),),
    "Container": (("container", {"resourceType": "Container", **_INSTANCE}),),
    "ECS": (("ECS task", {"resourceType": "ECSCluster", **_ECS}),),
    "Kubernetes": (("EKS node", {"resourceType": "EKSCluster", **_EKS, **_INSTANCE}),),
    "S3": (("object", {"resourceType": "S3Object", **_BUCKET}),),
    "EC2 Snapshot": (("snapshot", {"resourceType": "EBSSnapshot", "ebsSnapshotDetails": {"snapshotArn": _SNAPSHOT}}),),
    "EC2 AMI": (("image", {"resourceType": "EC2Image", "ec2ImageDetails": {"imageArn": _IMAGE}}),),
    "EC2 RecoveryPoint": (
        ("recovery point of a volume", {"resourceType": "EBSRecoveryPoint", **_RECOVERY_POINT}),
        ("recovery point of an instance", {"resourceType": "EC2RecoveryPoint", **_RECOVERY_POINT}),
    ),
    "S3 RecoveryPoint": (("recovery point of a bucket", {"resourceType": "S3RecoveryPoint", **_RECOVERY_POINT}),),
}
_ABOUT: Mapping[str, Callable[[str], Iterator[About]]] = {
    "S3": _bucket,
    "EC2": _instance,
    "Kubernetes": _kubernetes,
    "Runtime": _runtime,
    "Lambda": _function,
    "RDS": _database,
    "Scan": _scanned,
    "AttackSequence": _sequence,
}
"""By `_kind`; of any other kind it is whoever called."""
