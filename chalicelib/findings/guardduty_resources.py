"""What a GuardDuty finding is about, as resources: `resource.resourceType` says which of its details speak of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from chalicelib.findings.reading import at, entries, first, text
from chalicelib.findings.resources import unique
from chalicelib.findings.where import Where, principal_type
from chalicelib.model import Resource

Reader: TypeAlias = Callable[[Mapping[str, Any], Where], list[Resource | None]]


def of_finding(detail: Mapping[str, Any], where: Where) -> tuple[Resource, ...]:
    """Return the resources of a finding's `detail`: none when `resourceType` is one we do not know."""
    readers = _READERS.get(text(detail, "resource.resourceType"), ())
    return unique(found for read in readers for found in read(detail, where))


def _at(type: str, *paths: str) -> Reader:
    """Return a reader of the one resource that stands at the first usable of some paths."""
    return lambda detail, where: [where.resource(type, *(at(detail, f"resource.{path}") for path in paths))]


def _principal(detail: Mapping[str, Any], where: Where) -> list[Resource | None]:
    key = at(detail, "resource.accessKeyDetails")
    return where.principal(
        text(key, "userType"), text(key, "userName"), text(key, "principalId"), text(key, "accessKeyId")
    )


def _caller(detail: Mapping[str, Any], where: Where) -> dict[str, str]:
    """Return the details of what a principal reached into: who that was, as an ARN; none where it is nobody's."""
    key = at(detail, "resource.accessKeyDetails")
    return _details(_arn(where, text(key, "userType"), text(key, "userName"), text(key, "principalId")))


def _details(principal: str) -> dict[str, str]:
    return {"principal": principal} if principal else {}


def _arn(where: Where, user_type: str, name: str, principal_id: str, account: str = "") -> str:
    """Return the ARN of a user or a role's session, without the path, which GuardDuty does not say."""
    kind, session = principal_type(user_type), principal_id.partition(":")[2]
    owner = account or where.account
    if kind == "IAMUser" and name:
        return f"arn:{where.partition}:iam::{owner}:user/{name}"
    if kind == "AssumedRole" and name and session:
        return f"arn:{where.partition}:sts::{owner}:assumed-role/{name}/{session}"
    return ""


def _buckets(detail: Mapping[str, Any], where: Where) -> list[Resource | None]:
    buckets, said = entries(detail, "resource.s3BucketDetails"), _caller(detail, where)
    return [
        where.resource("AWS::S3::Bucket", bucket.get("name"), bucket.get("arn"), details=said) for bucket in buckets
    ]


def _eks(detail: Mapping[str, Any], where: Where) -> list[Resource | None]:
    """Return the cluster, with the IAM principal that its Kubernetes user stands for, unless another name does."""
    user = text(detail, "resource.kubernetesDetails.kubernetesUserDetails.username", 512)
    said = _details(user) if user.startswith("arn:") else _caller(detail, where)
    raws = [at(detail, f"resource.eksClusterDetails.{name}") for name in ("arn", "name")]
    return [where.resource("AWS::EKS::Cluster", *raws, details=said)]


def _function_session(detail: Mapping[str, Any], where: Where) -> list[Resource | None]:
    """Return the session in which a function uses its role: it has the function's name."""
    role = where.resource("AWS::IAM::Role", at(detail, "resource.lambdaDetails.role"))
    found = _FUNCTION(detail, where)[0]
    return [where.resource("AWS::STS::AssumedRole", f"{role.id}/{found.id}")] if role and found else []


def _attacked_subnets(detail: Mapping[str, Any], where: Where) -> list[Resource | None]:
    """Return the subnets of an instance that somebody outside attacks, with the attacker's address."""
    action = at(detail, "service.action")
    inbound = text(action, "networkConnectionAction.connectionDirection") in {"INBOUND", "UNKNOWN"}
    probe = next(iter(entries(action, "portProbeAction.portProbeDetails")), None)
    by = at(action, "networkConnectionAction.remoteIpDetails") if inbound else at(probe, "remoteIpDetails")
    ip = first(by, "ipAddressV4", "ipAddressV6")
    if not ip or text(detail, "service.resourceRole") == "ACTOR":
        return []
    own = entries(detail, "resource.instanceDetails.networkInterfaces")
    return [where.resource("AWS::EC2::Subnet", each.get("subnetId"), details={"ip": ip}) for each in own]


def _volumes(detail: Mapping[str, Any], where: Where) -> list[Resource | None]:
    volumes = entries(detail, "resource.ebsVolumeDetails.scannedVolumeDetails")
    return [where.resource("AWS::EC2::Volume", volume.get("volumeArn")) for volume in volumes]


def _sequence(detail: Mapping[str, Any], where: Where) -> list[Resource | None]:
    """Return every actor and every resource of an attack sequence, whose `resource` holds neither.

    What was reached into is told of the first actor that IAM knows.
    """
    actors = entries(detail, "service.detection.sequence.actors")
    principal = next((found for actor in actors if (found := _sequence_arn(actor, where))), "")
    return [
        *(found for actor in actors for found in _sequence_actor(actor, where)),
        *(
            found
            for item in entries(detail, "service.detection.sequence.resources")
            for found in _sequence_resource(item, where, principal)
        ),
    ]


def _sequence_arn(actor: Mapping[str, Any], where: Where) -> str:
    user = at(actor, "user")
    return _arn(where, text(user, "type"), text(user, "name"), text(user, "uid"), text(user, "account.uid"))


def _sequence_actor(actor: Mapping[str, Any], where: Where) -> list[Resource | None]:
    user, issuer = at(actor, "user"), text(actor, "session.issuer")
    role = where.resource("AWS::IAM::Role", issuer) if issuer.startswith("arn:") else None
    return [
        *where.principal(
            text(user, "type"),
            text(user, "name"),
            text(user, "uid"),
            text(user, "credentialUid"),
            account=text(user, "account.uid"),
        ),
        role,
    ]


def _sequence_resource(item: Mapping[str, Any], where: Where, principal: str) -> list[Resource | None]:
    kind, account = text(item, "resourceType"), text(item, "accountId")
    if kind == "ACCESS_KEY":
        key = at(item, "data.accessKey")
        return where.principal(
            text(key, "userType"), text(key, "userName"), text(key, "principalId"), text(item, "uid"), account=account
        )
    if found := _SEQUENCE_TYPES.get(kind):
        said = _details(principal) if found in _REACHED_INTO else {}
        region = text(item, "region")
        return [where.resource(found, item.get("uid"), item.get("name"), account=account, region=region, details=said)]
    return []


_SEQUENCE_TYPES = {
    "EC2_INSTANCE": "AWS::EC2::Instance",
    "EC2_NETWORK_INTERFACE": "AWS::EC2::NetworkInterface",
    "EC2_LAUNCH_TEMPLATE": "AWS::EC2::LaunchTemplate",
    "EC2_VPC": "AWS::EC2::VPC",
    "EC2_IMAGE": "AWS::EC2::Image",
    "S3_BUCKET": "AWS::S3::Bucket",
    "EKS_CLUSTER": "AWS::EKS::Cluster",
    "ECS_CLUSTER": "AWS::ECS::Cluster",
    "ECS_TASK": "AWS::ECS::Task",
    "IAM_INSTANCE_PROFILE": "AWS::IAM::InstanceProfile",
    "AUTOSCALING_AUTO_SCALING_GROUP": "AWS::AutoScaling::AutoScalingGroup",
    "CLOUDFORMATION_STACK": "AWS::CloudFormation::Stack",
}
"""GuardDuty API, FindingResourceType. Containers, S3 objects and models have nothing that we could act on."""

_REACHED_INTO = frozenset({"AWS::S3::Bucket", "AWS::EKS::Cluster"})
"""Where a principal is told with the resource: it can be denied there."""

_INSTANCE = _at("AWS::EC2::Instance", "instanceDetails.instanceId")
_ECS = _at("AWS::ECS::Cluster", "ecsClusterDetails.arn", "ecsClusterDetails.name")
_TASK = _at("AWS::ECS::Task", "ecsClusterDetails.taskDetails.arn")
_FUNCTION = _at("AWS::Lambda::Function", "lambdaDetails.functionArn", "lambdaDetails.functionName")
_IMAGE = _at("AWS::EC2::Image", "ec2ImageDetails.imageArn")
_RECOVERY_POINT = _at("AWS::Backup::RecoveryPoint", "recoveryPointDetails.recoveryPointArn")

_READERS: dict[str, tuple[Reader, ...]] = {
    # A finding on a key can carry instanceDetails too, and one on an instance accessKeyDetails.
    "AccessKey": (_principal,),
    "Instance": (_INSTANCE, _attacked_subnets),
    "S3Bucket": (_buckets, _principal),
    "S3Object": (_buckets,),
    # A cluster's workload runs on an instance of ours when the finding has its details.
    "EKSCluster": (_eks, _INSTANCE, _principal),
    "KubernetesCluster": (_eks, _INSTANCE, _principal),
    "ECSCluster": (_ECS, _TASK, _INSTANCE),
    "Container": (_eks, _ECS, _TASK, _INSTANCE),
    "Lambda": (_FUNCTION, _function_session),
    "RDSDBInstance": (
        _at("AWS::RDS::DBInstance", "rdsDbInstanceDetails.dbInstanceArn", "rdsDbInstanceDetails.dbInstanceIdentifier"),
    ),
    "RDSLimitlessDB": (
        _at("AWS::RDS::DBShardGroup", "rdsLimitlessDbDetails.dbShardGroupIdentifier"),
        _at("AWS::RDS::DBCluster", "rdsLimitlessDbDetails.dbClusterIdentifier"),
    ),
    "EBSVolume": (_volumes,),
    "EBSSnapshot": (_at("AWS::EC2::Snapshot", "ebsSnapshotDetails.snapshotArn"),),
    "EC2AMI": (_IMAGE,),
    "EC2Image": (_IMAGE,),
    "EBSRecoveryPoint": (_RECOVERY_POINT,),
    "EC2RecoveryPoint": (_RECOVERY_POINT,),
    "S3RecoveryPoint": (_RECOVERY_POINT,),
    "AttackSequence": (_sequence,),
}
"""`resource.resourceType` -> where the resources stand. GuardDuty API, `Resource`."""
