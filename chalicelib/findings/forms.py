"""How each type of resource is named: in an ARN, and by the id that its service's API takes."""

from __future__ import annotations

import re

from chalicelib.dataclass import dataclass

HOME_REGIONS = {
    "aws": "us-east-1",
    "aws-cn": "cn-north-1",
    "aws-us-gov": "us-gov-west-1",
    "aws-iso": "us-iso-east-1",
    "aws-iso-b": "us-isob-east-1",
    "aws-iso-e": "eu-isoe-west-1",
    "aws-iso-f": "us-isof-south-1",
    "aws-eusc": "eusc-de-east-1",
}
"""Each partition and the region that its global services are told of in (IAM user guide, "IAM ARNs")."""

ACCOUNT = re.compile(r"\d{12}", re.ASCII)
REGION = re.compile(r"[a-z]{2,4}(-[a-z]{1,10}){1,3}-\d{1,2}", re.ASCII)

_IAM_NAME = r"[\w+=,.@-]{1,64}"
_NAME = r"[A-Za-z0-9][A-Za-z0-9._-]{0,254}"
_RDS = r"[A-Za-z][A-Za-z0-9-]{0,62}"
_RDS_SNAPSHOT = r"(?:[a-z]+:)?[A-Za-z][A-Za-z0-9-]{0,254}"
_BUCKET = r"[A-Za-z0-9](?:[A-Za-z0-9_-]|\.(?!\.)){1,253}[A-Za-z0-9]"


@dataclass(frozen=True, slots=True)
class Form:
    """`service` of the ARN; `arn`: its resource part, with the id as its group; `id`: the id that stands alone.

    Patterns are texts, compiled when one is first needed: compiling all of them would be felt at a cold start.
    """

    service: str
    arn: str
    id: str

    def in_arn(self, resource: str) -> str:
        """Return the id in an ARN's resource part, empty when this is not its form."""
        return _id(re.fullmatch(self.arn, resource, re.ASCII))

    def alone(self, raw: str) -> str:
        """Return the id in a text that is no ARN, empty when this is not its form."""
        return _id(re.fullmatch(self.id, raw, re.ASCII))


def _id(found: re.Match[str] | None) -> str:
    return (found.groupdict().get("id") or found[0]) if found else ""


def _form(service: str, arn: str, pattern: str) -> Form:
    """Build a Form: `%` in `arn` is where the id stands."""
    whole = arn.replace("%", f"(?P<id>{pattern})")
    return Form(service, whole, pattern)


def _ec2(noun: str, prefix: str) -> Form:
    return _form("ec2", f"{noun}/%", f"{prefix}-[0-9a-f]{{8,17}}")


FORMS: dict[str, Form] = {
    # A path may stand before the name in an IAM ARN; it is no part of the name.
    "AWS::IAM::AccessKey": _form("iam", "access-key/%", r"AKIA[A-Z0-9]{12,28}"),
    "AWS::IAM::User": _form("iam", r"user/(?:[!-~]{0,510}/)?%", _IAM_NAME),
    "AWS::IAM::Role": _form("iam", r"role/(?:[!-~]{0,510}/)?%", _IAM_NAME),
    "AWS::IAM::Group": _form("iam", r"group/(?:[!-~]{0,510}/)?%", r"[\w+=,.@-]{1,128}"),
    "AWS::IAM::InstanceProfile": _form("iam", r"instance-profile/(?:[!-~]{0,510}/)?%", r"[\w+=,.@-]{1,128}"),
    "AWS::STS::AssumedRole": _form("sts", "assumed-role/%", rf"{_IAM_NAME}/[\w+=,.@-]{{2,64}}"),
    "AWS::EC2::Instance": _ec2("instance", "i"),
    "AWS::EC2::SecurityGroup": _ec2("security-group", "sg"),
    "AWS::EC2::NetworkInterface": _ec2("network-interface", "eni"),
    "AWS::EC2::Volume": _ec2("volume", "vol"),
    "AWS::EC2::Snapshot": _ec2("snapshot", "snap"),
    "AWS::EC2::Image": _ec2("image", "ami"),
    "AWS::EC2::VPC": _ec2("vpc", "vpc"),
    "AWS::EC2::Subnet": _ec2("subnet", "subnet"),
    "AWS::EC2::NetworkAcl": _ec2("network-acl", "acl"),
    "AWS::EC2::RouteTable": _ec2("route-table", "rtb"),
    "AWS::EC2::InternetGateway": _ec2("internet-gateway", "igw"),
    "AWS::EC2::NatGateway": _ec2("natgateway", "nat"),
    "AWS::EC2::FlowLog": _ec2("vpc-flow-log", "fl"),
    "AWS::EC2::EIP": _ec2("elastic-ip", "eipalloc"),
    "AWS::EC2::LaunchTemplate": _ec2("launch-template", "lt"),
    "AWS::EC2::TransitGateway": _ec2("transit-gateway", "tgw"),
    "AWS::EC2::VPCEndpoint": _ec2("vpc-endpoint", "vpce"),
    "AWS::EC2::VPCEndpointService": _ec2("vpc-endpoint-service", "vpce-svc"),
    "AWS::EC2::VPCPeeringConnection": _ec2("vpc-peering-connection", "pcx"),
    "AWS::EC2::VPNConnection": _ec2("vpn-connection", "vpn"),
    "AWS::EC2::ClientVpnEndpoint": _ec2("client-vpn-endpoint", "cvpn-endpoint"),
    "AWS::S3::Bucket": _form("s3", "%", _BUCKET),
    "AWS::CloudTrail::Trail": _form("cloudtrail", "trail/%", r"[A-Za-z0-9][A-Za-z0-9._-]{1,126}[A-Za-z0-9]"),
    "AWS::Config::ConfigurationRecorder": _form(
        "config", "configuration-recorder/%(?:/[A-Za-z0-9]+)?", r"[\w.-]{1,256}"
    ),
    "AWS::GuardDuty::Detector": _form("guardduty", "detector/%(?:/.{1,300})?", r"[0-9a-f]{1,300}"),
    "AWS::RDS::DBInstance": _form("rds", "db:%", _RDS),
    "AWS::RDS::DBCluster": _form("rds", "cluster:%", _RDS),
    "AWS::RDS::DBSnapshot": _form("rds", "snapshot:%", _RDS_SNAPSHOT),
    "AWS::RDS::DBClusterSnapshot": _form("rds", "cluster-snapshot:%", _RDS_SNAPSHOT),
    "AWS::RDS::DBShardGroup": _form("rds", "shard-group:%", _RDS),
    "AWS::RDS::DBSecurityGroup": _form("rds", "secgrp:%", _NAME),
    "AWS::RDS::EventSubscription": _form("rds", "es:%", _NAME),
    # A version or alias after the function's name is no part of it.
    "AWS::Lambda::Function": Form(
        "lambda",
        r"function:(?P<id>[\w-]{1,140})(?::[\w$.-]{1,129})?",
        r"(?P<id>[\w-]{1,140})(?::[\w$.-]{1,129})?",
    ),
    "AWS::EKS::Cluster": _form("eks", "cluster/%", r"[A-Za-z0-9][\w-]{0,99}"),
    "AWS::ECS::Cluster": _form("ecs", "cluster/%", r"[\w-]{1,255}"),
    "AWS::KMS::Key": _form("kms", "key/%", r"(?:mrk-)?[0-9A-Za-z][0-9A-Za-z-]{0,126}"),
    "AWS::DynamoDB::Table": _form("dynamodb", r"table/%(?:/(?:index|stream)/.{1,300})?", r"[\w.-]{3,255}"),
    "AWS::Kinesis::Stream": _form("kinesis", "stream/%", r"[\w.-]{1,128}"),
    "AWS::Redshift::Cluster": _form("redshift", "cluster:%", _RDS),
    "AWS::SQS::Queue": _form("sqs", "%", r"[\w-]{1,80}(?:\.fifo)?"),
    "AWS::ECR::Repository": _form("ecr", "repository/%", r"[a-z0-9][a-z0-9._/-]{1,255}"),
    "AWS::EFS::FileSystem": _form("elasticfilesystem", "file-system/%", r"fs-[0-9a-f]{8,40}"),
    "AWS::EFS::AccessPoint": _form("elasticfilesystem", "access-point/%", r"fsap-[0-9a-f]{8,40}"),
    "AWS::CodeBuild::Project": _form("codebuild", "project/%", _NAME),
    "AWS::CloudFront::Distribution": _form("cloudfront", "distribution/%", r"[A-Z0-9]{5,64}"),
    "AWS::Route53::HostedZone": _form("route53", "hostedzone/%", r"[A-Z0-9]{1,32}"),
    "AWS::Elasticsearch::Domain": _form("es", "domain/%", r"[a-z][a-z0-9-]{2,27}"),
    "AWS::OpenSearchService::Domain": _form("es", "domain/%", r"[a-z][a-z0-9-]{2,27}"),
    "AWS::ElasticLoadBalancing::LoadBalancer": _form(
        "elasticloadbalancing", "loadbalancer/%", r"[A-Za-z0-9][A-Za-z0-9-]{0,31}"
    ),
    "AWS::AutoScaling::AutoScalingGroup": _form(
        "autoscaling", r"autoScalingGroup:[\w-]{1,64}:autoScalingGroupName/%", r"[\w.:/=+,@#!~()-]{1,255}"
    ),
    "AWS::SageMaker::NotebookInstance": _form("sagemaker", "notebook-instance/%", r"[A-Za-z0-9][A-Za-z0-9-]{0,62}"),
    "AWS::Athena::WorkGroup": _form("athena", "workgroup/%", r"[\w.-]{1,128}"),
    "AWS::Backup::BackupVault": _form("backup", "backup-vault:%", r"[\w.-]{2,50}"),
    "AWS::SSM::Document": _form("ssm", "document/%", r"[\w.-]{3,128}"),
    "AWS::Logs::LogGroup": _form("logs", r"log-group:%(?::\*)?", r"[\w./#-]{1,255}"),
}
"""The types whose API takes a short id. Every id is ASCII."""

BY_ARN: dict[str, str] = {
    "AWS::SNS::Topic": "sns",
    "AWS::SecretsManager::Secret": "secretsmanager",
    "AWS::StepFunctions::StateMachine": "states",
    "AWS::ElasticLoadBalancingV2::LoadBalancer": "elasticloadbalancing",
    "AWS::CertificateManager::Certificate": "acm",
    "AWS::ACM::Certificate": "acm",
    "AWS::MSK::Cluster": "kafka",
    "AWS::IAM::ManagedPolicy": "iam",
    "AWS::ECS::Service": "ecs",
    "AWS::ECS::Task": "ecs",
    "AWS::ECS::TaskDefinition": "ecs",
    "AWS::Backup::RecoveryPoint": "backup",
    "AWS::WAFv2::WebACL": "wafv2",
    "AWS::WAFv2::RuleGroup": "wafv2",
}
"""The types whose API takes the ARN itself, and the service that stands in it."""
