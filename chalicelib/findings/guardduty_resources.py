"""What a GuardDuty finding is about, as resources: `resource.resourceType` says which of its details speak of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from chalicelib.findings.reading import at, entries, text
from chalicelib.findings.resources import unique
from chalicelib.findings.where import Where
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


def _buckets(detail: Mapping[str, Any], where: Where) -> list[Resource | None]:
    buckets = entries(detail, "resource.s3BucketDetails")
    return [where.resource("AWS::S3::Bucket", bucket.get("name"), bucket.get("arn")) for bucket in buckets]


def _volumes(detail: Mapping[str, Any], where: Where) -> list[Resource | None]:
    volumes = entries(detail, "resource.ebsVolumeDetails.scannedVolumeDetails")
    return [where.resource("AWS::EC2::Volume", volume.get("volumeArn")) for volume in volumes]


def _sequence(detail: Mapping[str, Any], where: Where) -> list[Resource | None]:
    """Return every actor and every resource of an attack sequence, whose `resource` holds neither."""
    return [
        found
        for name, read in (("actors", _sequence_actor), ("resources", _sequence_resource))
        for item in entries(detail, f"service.detection.sequence.{name}")
        for found in read(item, where)
    ]


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


def _sequence_resource(item: Mapping[str, Any], where: Where) -> list[Resource | None]:
    kind, account = text(item, "resourceType"), text(item, "accountId")
    if kind == "ACCESS_KEY":
        key = at(item, "data.accessKey")
        return where.principal(
            text(key, "userType"), text(key, "userName"), text(key, "principalId"), text(item, "uid"), account=account
        )
    if found := _SEQUENCE_TYPES.get(kind):
        return [where.resource(found, item.get("uid"), item.get("name"), account=account, region=text(item, "region"))]
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
    "IAM_INSTANCE_PROFILE": "AWS::IAM::InstanceProfile",
    "AUTOSCALING_AUTO_SCALING_GROUP": "AWS::AutoScaling::AutoScalingGroup",
    "CLOUDFORMATION_STACK": "AWS::CloudFormation::Stack",
}
"""GuardDuty API, FindingResourceType. Containers, tasks, S3 objects and models have nothing that we could act on."""

_INSTANCE = _at("AWS::EC2::Instance", "instanceDetails.instanceId")
_EKS = _at("AWS::EKS::Cluster", "eksClusterDetails.arn", "eksClusterDetails.name")
_ECS = _at("AWS::ECS::Cluster", "ecsClusterDetails.arn", "ecsClusterDetails.name")
_IMAGE = _at("AWS::EC2::Image", "ec2ImageDetails.imageArn")
_RECOVERY_POINT = _at("AWS::Backup::RecoveryPoint", "recoveryPointDetails.recoveryPointArn")

_READERS: dict[str, tuple[Reader, ...]] = {
    # A finding on a key can carry instanceDetails too, and one on an instance accessKeyDetails.
    "AccessKey": (_principal,),
    "Instance": (_INSTANCE,),
    "S3Bucket": (_buckets, _principal),
    "S3Object": (_buckets,),
    # A cluster's workload runs on an instance of ours when the finding has its details.
    "EKSCluster": (_EKS, _INSTANCE),
    "KubernetesCluster": (_EKS, _INSTANCE),
    "ECSCluster": (_ECS, _INSTANCE),
    "Container": (_EKS, _ECS, _INSTANCE),
    "Lambda": (_at("AWS::Lambda::Function", "lambdaDetails.functionArn", "lambdaDetails.functionName"),),
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
