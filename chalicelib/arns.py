"""What resources are called: their ARNs, their names, and the IAM principals that they stand for."""

from __future__ import annotations

from collections.abc import Mapping

from chalicelib.model import Resource
from chalicelib.wildcards import matches

ARNS: Mapping[str, str] = {
    "AWS::Backup::BackupVault": "arn:{partition}:backup:{region}:{account}:backup-vault:{id}",
    "AWS::CloudTrail::Trail": "arn:{partition}:cloudtrail:{region}:{account}:trail/{id}",
    "AWS::DynamoDB::Table": "arn:{partition}:dynamodb:{region}:{account}:table/{id}",
    "AWS::EC2::FlowLog": "arn:{partition}:ec2:{region}:{account}:vpc-flow-log/{id}",
    "AWS::EC2::Image": "arn:{partition}:ec2:{region}::image/{id}",
    "AWS::EC2::Instance": "arn:{partition}:ec2:{region}:{account}:instance/{id}",
    "AWS::EC2::SecurityGroup": "arn:{partition}:ec2:{region}:{account}:security-group/{id}",
    "AWS::EC2::Snapshot": "arn:{partition}:ec2:{region}::snapshot/{id}",
    "AWS::EC2::Subnet": "arn:{partition}:ec2:{region}:{account}:subnet/{id}",
    "AWS::EC2::VPC": "arn:{partition}:ec2:{region}:{account}:vpc/{id}",
    "AWS::ECR::Repository": "arn:{partition}:ecr:{region}:{account}:repository/{id}",
    "AWS::EKS::Cluster": "arn:{partition}:eks:{region}:{account}:cluster/{id}",
    "AWS::GuardDuty::Detector": "arn:{partition}:guardduty:{region}:{account}:detector/{id}",
    "AWS::IAM::Group": "arn:{partition}:iam::{account}:group/{id}",
    "AWS::IAM::OIDCProvider": "arn:{partition}:iam::{account}:oidc-provider/{id}",
    "AWS::IAM::Role": "arn:{partition}:iam::{account}:role/{id}",
    "AWS::IAM::SAMLProvider": "arn:{partition}:iam::{account}:saml-provider/{id}",
    "AWS::IAM::User": "arn:{partition}:iam::{account}:user/{id}",
    "AWS::KMS::Key": "arn:{partition}:kms:{region}:{account}:key/{id}",
    "AWS::Lambda::Function": "arn:{partition}:lambda:{region}:{account}:function:{id}",
    "AWS::Logs::LogGroup": "arn:{partition}:logs:{region}:{account}:log-group:{id}",
    "AWS::OpenSearchService::Domain": "arn:{partition}:es:{region}:{account}:domain/{id}",
    "AWS::RDS::DBCluster": "arn:{partition}:rds:{region}:{account}:cluster:{id}",
    "AWS::RDS::DBClusterSnapshot": "arn:{partition}:rds:{region}:{account}:cluster-snapshot:{id}",
    "AWS::RDS::DBInstance": "arn:{partition}:rds:{region}:{account}:db:{id}",
    "AWS::RDS::DBSnapshot": "arn:{partition}:rds:{region}:{account}:snapshot:{id}",
    "AWS::Redshift::Cluster": "arn:{partition}:redshift:{region}:{account}:cluster:{id}",
    "AWS::S3::Bucket": "arn:{partition}:s3:::{id}",
    "AWS::SNS::Topic": "arn:{partition}:sns:{region}:{account}:{id}",
    "AWS::SQS::Queue": "arn:{partition}:sqs:{region}:{account}:{id}",
    "AWS::SSM::Document": "arn:{partition}:ssm:{region}:{account}:document/{id}",
    "AWS::STS::AssumedRole": "arn:{partition}:sts::{account}:assumed-role/{id}",
    "AWS::SageMaker::NotebookInstance": "arn:{partition}:sagemaker:{region}:{account}:notebook-instance/{id}",
}
"""The ARN of each type that a remediation is for (Service Authorization Reference, "Resource types"). Those of roles
and users are without their IAM path, which no id tells."""

WITHOUT: Mapping[str, str] = {
    "AWS::Account": "an account is named by its id",
    "AWS::ECS::Task": "its id is its ARN, which names its cluster too",
    "AWS::Config::ConfigurationRecorder": "its ARN ends in an id that only Config knows; its name is enough",
    "AWS::IAM::AccessKey": "a key has no ARN: it is its user's",
    "AWS::SSO::PermissionSet": "its id is its ARN, which names the instance too",
    "AWS::SecretsManager::Secret": "its id is its ARN, which ends in letters that only Secrets Manager knows",
}
"""The types that have none, and why."""

_RESERVED = {"AWSReservedSSO_": "aws-reserved/sso.amazonaws.com/", "AWSServiceRoleFor": "aws-service-role/"}
"""Names that AWS keeps for roles under a path of its own (IAM Identity Center and IAM user guides)."""


def of(resource: Resource) -> str:
    """Return the ARN of a resource; "" where its type has none, or none that we know."""
    if resource.id.startswith("arn:"):
        return resource.id
    template = ARNS.get(resource.type, "")
    return template.format(
        partition=resource.partition, region=resource.region, account=resource.account, id=resource.id
    )


def principals(resource: Resource) -> tuple[str, ...]:
    """Return the ARNs of the role or user that a resource is, or acts or signs as, as far as the event tells."""
    match resource.type:
        case "AWS::IAM::Role":
            kind, name = "role", resource.id
        case "AWS::STS::AssumedRole":
            kind, name = "role", resource.id.partition("/")[0]
        case "AWS::IAM::User":
            kind, name = "user", resource.id
        case "AWS::IAM::AccessKey":
            kind, name = "user", resource.details.get("user", "")
        case _:
            return ()
    own = f"arn:{resource.partition}:iam::{resource.account}:{kind}/"
    paths = ("", *(path for start, path in _RESERVED.items() if kind == "role" and name.startswith(start)))
    return tuple(f"{own}{path}{name}" for path in paths) if name else ()


def is_principal(pattern: str, arn: str) -> bool:
    """Tell whether a pattern means a role or user whose ARN may lack its path: a name is in an account only once."""
    start, _, rest = pattern.partition("/")
    name = rest.rpartition("/")[2]
    return is_arn(pattern, arn) or (bool(name.strip("*")) and is_arn(f"{start}/{name}", arn))


def is_arn(pattern: str, arn: str) -> bool:
    """Tell whether an ARN is as a pattern says, part by part: no `*` for an account reaches into the resource."""
    parts, found = pattern.split(":", 5), arn.split(":", 5)
    if len(parts) < 6:
        return matches(pattern, arn)
    return len(found) == len(parts) and all(map(matches, parts, found))


def called(pattern: str, resource: Resource) -> bool:
    """Tell whether a pattern, of ARNs or else of names, means a resource or the principal that it stands for."""
    arns = principals(resource)
    if pattern.startswith("arn:"):
        return is_arn(pattern, of(resource)) or any(is_principal(pattern, arn) for arn in arns)
    names = {resource.id, *(arn.rpartition("/")[2] for arn in arns)}
    return any(matches(pattern, name) for name in names)
