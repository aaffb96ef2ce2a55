"""What IAM can limit each action of the catalogue to: the resource types of AWS's Service Authorization Reference.

A new remediation's actions are entered here; the tests hold every entry to that reference, and say what is missing.
"""

from __future__ import annotations

from collections.abc import Mapping

from chalicelib.errors import InvalidCatalogue

ANY = ("*",)
"""For actions that IAM can limit to no resource."""

ADDRESS = "arn:{partition}:ec2:*:{account}:elastic-ip/*"
ASSIGNED_ACCOUNT = "arn:{partition}:sso:::account/*"
CLUSTER = "arn:{partition}:rds:*:{account}:cluster:*"
CLUSTER_SNAPSHOT = "arn:{partition}:rds:*:{account}:cluster-snapshot:*"
DATABASE = "arn:{partition}:rds:*:{account}:db:*"
DATABASE_SNAPSHOT = "arn:{partition}:rds:*:{account}:snapshot:*"
DETECTOR = "arn:{partition}:guardduty:*:{account}:detector/*"
DOCUMENT = "arn:{partition}:ssm:*:{account}:document/*"
FLOW_LOG = "arn:{partition}:ec2:*:{account}:vpc-flow-log/*"
FUNCTION = "arn:{partition}:lambda:*:{account}:function:*"
GROUP_OF_USERS = "arn:{partition}:iam::{account}:group/*"
IDENTITY_CENTER = "arn:{partition}:sso:::instance/*"
IMAGE = "arn:{partition}:ec2:*::image/*"
INSTANCE = "arn:{partition}:ec2:*:{account}:instance/*"
INTERFACE = "arn:{partition}:ec2:*:{account}:network-interface/*"
GROUP = "arn:{partition}:ec2:*:{account}:security-group/*"
KEY = "arn:{partition}:kms:*:{account}:key/*"
NETWORK_ACL = "arn:{partition}:ec2:*:{account}:network-acl/*"
OIDC_PROVIDER = "arn:{partition}:iam::{account}:oidc-provider/*"
PERMISSION_SET = "arn:{partition}:sso:::permissionSet/*/*"
POLICY = "arn:{partition}:iam::{account}:policy/*"
QUEUE = "arn:{partition}:sqs:*:{account}:*"
RECORDER = "arn:{partition}:config:*:{account}:configuration-recorder/*/*"
REPOSITORY = "arn:{partition}:ecr:*:{account}:repository/*"
ROLE = "arn:{partition}:iam::{account}:role/*"
SAML_PROVIDER = "arn:{partition}:iam::{account}:saml-provider/*"
SCALING_GROUP = "arn:{partition}:autoscaling:*:{account}:autoScalingGroup:*:autoScalingGroupName/*"
SECRETS = "arn:{partition}:secretsmanager:*:{account}:secret:*"
SNAPSHOT = "arn:{partition}:ec2:*::snapshot/*"
TABLE = "arn:{partition}:dynamodb:*:{account}:table/*"
TARGET_GROUP = "arn:{partition}:elasticloadbalancing:*:{account}:targetgroup/*/*"
TOPIC = "arn:{partition}:sns:*:{account}:*"
TRAIL = "arn:{partition}:cloudtrail:*:{account}:trail/*"
USER = "arn:{partition}:iam::{account}:user/*"
VAULT = "arn:{partition}:backup:*:{account}:backup-vault:*"
VOLUME = "arn:{partition}:ec2:*:{account}:volume/*"
VPC = "arn:{partition}:ec2:*:{account}:vpc/*"
BUCKET = "arn:{partition}:s3:::*"

ACTIONS: Mapping[str, tuple[str, ...]] = {
    "autoscaling:DescribeAutoScalingInstances": ANY,
    "autoscaling:EnterStandby": (SCALING_GROUP,),
    "autoscaling:ExitStandby": (SCALING_GROUP,),
    "backup:DeleteBackupVaultLockConfiguration": (VAULT,),
    "backup:DescribeBackupVault": (VAULT,),
    "backup:PutBackupVaultLockConfiguration": (VAULT,),
    "cloudtrail:DescribeTrails": ANY,
    "cloudtrail:GetTrailStatus": (TRAIL,),
    "cloudtrail:StartLogging": (TRAIL,),
    "cloudtrail:StopLogging": (TRAIL,),
    "config:DescribeConfigurationRecorderStatus": (RECORDER,),
    "config:GetResourceConfigHistory": ANY,
    "config:StartConfigurationRecorder": (RECORDER,),
    "config:StopConfigurationRecorder": (RECORDER,),
    "dynamodb:DescribeTable": (TABLE,),
    "dynamodb:UpdateTable": (TABLE,),
    "ec2:AssociateAddress": (ADDRESS, INSTANCE, INTERFACE),
    "ec2:AssociateIamInstanceProfile": (INSTANCE,),
    "ec2:AuthorizeSecurityGroupEgress": (GROUP,),
    "ec2:AuthorizeSecurityGroupIngress": (GROUP,),
    "ec2:CreateFlowLogs": (FLOW_LOG, VPC),
    "ec2:CreateNetworkAclEntry": (NETWORK_ACL,),
    "ec2:CreateSecurityGroup": (GROUP, VPC),
    "ec2:CreateSnapshots": (INSTANCE, SNAPSHOT, VOLUME),
    "ec2:CreateTags": (FLOW_LOG, SNAPSHOT),
    "ec2:DeleteFlowLogs": (FLOW_LOG,),
    "ec2:DeleteNetworkAclEntry": (NETWORK_ACL,),
    "ec2:DeleteSnapshot": (SNAPSHOT,),
    "ec2:DescribeAddresses": ANY,
    "ec2:DescribeFlowLogs": ANY,
    "ec2:DescribeIamInstanceProfileAssociations": ANY,
    "ec2:DescribeImageAttribute": (IMAGE,),
    "ec2:DescribeInstanceAttribute": (INSTANCE,),
    "ec2:DescribeInstances": ANY,
    "ec2:DescribeNetworkAcls": ANY,
    "ec2:DescribeNetworkInterfaces": ANY,
    "ec2:DescribeSecurityGroups": ANY,
    "ec2:DescribeSnapshotAttribute": (SNAPSHOT,),
    "ec2:DescribeSnapshots": ANY,
    "ec2:DescribeVpcs": ANY,
    "ec2:DisassociateAddress": (ADDRESS, INTERFACE),
    "ec2:DisassociateIamInstanceProfile": (INSTANCE,),
    "ec2:ModifyImageAttribute": (IMAGE,),
    "ec2:ModifyInstanceAttribute": (INSTANCE, VOLUME),
    "ec2:ModifyInstanceMetadataOptions": (INSTANCE,),
    "ec2:ModifyNetworkInterfaceAttribute": (GROUP, INSTANCE, INTERFACE),
    "ec2:ModifySnapshotAttribute": (SNAPSHOT,),
    "ec2:RevokeSecurityGroupEgress": (GROUP,),
    "ec2:RevokeSecurityGroupIngress": (GROUP,),
    "ec2:StartInstances": (INSTANCE,),
    "ec2:StopInstances": (INSTANCE,),
    "ecr:DeleteRepositoryPolicy": (REPOSITORY,),
    "ecr:GetRepositoryPolicy": (REPOSITORY,),
    "ecr:SetRepositoryPolicy": (REPOSITORY,),
    "elasticloadbalancing:DeregisterTargets": (TARGET_GROUP,),
    "elasticloadbalancing:DescribeTargetGroups": ANY,
    "elasticloadbalancing:DescribeTargetHealth": ANY,
    "elasticloadbalancing:RegisterTargets": (TARGET_GROUP,),
    "guardduty:GetDetector": (DETECTOR,),
    "guardduty:UpdateDetector": (DETECTOR,),
    "iam:AttachGroupPolicy": (GROUP_OF_USERS,),
    "iam:AttachRolePolicy": (ROLE,),
    "iam:AttachUserPolicy": (USER,),
    "iam:CreateOpenIDConnectProvider": (OIDC_PROVIDER,),
    "iam:CreateSAMLProvider": (SAML_PROVIDER,),
    "iam:DeleteAccountPasswordPolicy": ANY,
    "iam:DeleteOpenIDConnectProvider": (OIDC_PROVIDER,),
    "iam:DeleteRolePolicy": (ROLE,),
    "iam:DeleteSAMLProvider": (SAML_PROVIDER,),
    "iam:DeleteUserPolicy": (USER,),
    "iam:DetachGroupPolicy": (GROUP_OF_USERS,),
    "iam:DetachRolePolicy": (ROLE,),
    "iam:DetachUserPolicy": (USER,),
    "iam:GetAccessKeyLastUsed": (USER,),
    "iam:GetAccountPasswordPolicy": ANY,
    "iam:GetLoginProfile": (USER,),
    "iam:GetOpenIDConnectProvider": (OIDC_PROVIDER,),
    "iam:GetPolicy": (POLICY,),
    "iam:GetPolicyVersion": (POLICY,),
    "iam:GetRole": (ROLE,),
    "iam:GetRolePolicy": (ROLE,),
    "iam:GetSAMLProvider": (SAML_PROVIDER,),
    "iam:GetUser": (USER,),
    "iam:GetUserPolicy": (USER,),
    "iam:ListAccessKeys": (USER,),
    "iam:ListAccountAliases": ANY,
    "iam:ListAttachedGroupPolicies": (GROUP_OF_USERS,),
    "iam:ListAttachedRolePolicies": (ROLE,),
    "iam:ListAttachedUserPolicies": (USER,),
    "iam:ListRoleTags": (ROLE,),
    "iam:ListServiceSpecificCredentials": (USER,),
    "iam:ListUserTags": (USER,),
    "iam:PassRole": (ROLE,),
    "iam:PutRolePolicy": (ROLE,),
    "iam:PutUserPolicy": (USER,),
    "iam:TagOpenIDConnectProvider": (OIDC_PROVIDER,),
    "iam:TagSAMLProvider": (SAML_PROVIDER,),
    "iam:UpdateAccessKey": (USER,),
    "iam:UpdateAccountPasswordPolicy": ANY,
    "iam:UpdateAssumeRolePolicy": (ROLE,),
    "iam:UpdateServiceSpecificCredential": (USER,),
    "kms:CancelKeyDeletion": (KEY,),
    "kms:CreateGrant": (KEY,),
    "kms:DescribeKey": (KEY,),
    "kms:DisableKey": (KEY,),
    "kms:EnableKey": (KEY,),
    "kms:ListGrants": (KEY,),
    "kms:RevokeGrant": (KEY,),
    "kms:ScheduleKeyDeletion": (KEY,),
    "lambda:AddPermission": (FUNCTION,),
    "lambda:DeleteFunctionConcurrency": (FUNCTION,),
    "lambda:GetFunctionConcurrency": (FUNCTION,),
    "lambda:GetPolicy": (FUNCTION,),
    "lambda:ListAliases": (FUNCTION,),
    "lambda:ListFunctionUrlConfigs": (FUNCTION,),
    "lambda:PutFunctionConcurrency": (FUNCTION,),
    "lambda:RemovePermission": (FUNCTION,),
    "lambda:UpdateFunctionUrlConfig": (FUNCTION,),
    "logs:CreateLogDelivery": ANY,
    "logs:DeleteLogDelivery": ANY,
    "organizations:DescribeOrganization": ANY,
    "rds:DescribeDBClusterSnapshotAttributes": (CLUSTER_SNAPSHOT,),
    "rds:DescribeDBClusters": (CLUSTER,),
    "rds:DescribeDBInstances": (DATABASE,),
    "rds:DescribeDBSnapshotAttributes": (DATABASE_SNAPSHOT,),
    "rds:ModifyDBCluster": (CLUSTER,),
    "rds:ModifyDBClusterSnapshotAttribute": (CLUSTER_SNAPSHOT,),
    "rds:ModifyDBInstance": (DATABASE,),
    "rds:ModifyDBSnapshotAttribute": (DATABASE_SNAPSHOT,),
    "s3:DeleteBucketPolicy": (BUCKET,),
    "s3:GetAccountPublicAccessBlock": ANY,
    "s3:GetBucketAcl": (BUCKET,),
    "s3:GetBucketLogging": (BUCKET,),
    "s3:GetBucketPolicy": (BUCKET,),
    "s3:GetBucketPublicAccessBlock": (BUCKET,),
    "s3:GetBucketTagging": (BUCKET,),
    "s3:GetBucketVersioning": (BUCKET,),
    "s3:GetLifecycleConfiguration": (BUCKET,),
    "s3:GetReplicationConfiguration": (BUCKET,),
    "s3:ListAllMyBuckets": ANY,
    "s3:PutAccountPublicAccessBlock": ANY,
    "s3:PutBucketAcl": (BUCKET,),
    "s3:PutBucketLogging": (BUCKET,),
    "s3:PutBucketPolicy": (BUCKET,),
    "s3:PutBucketPublicAccessBlock": (BUCKET,),
    "s3:PutBucketVersioning": (BUCKET,),
    "s3:PutLifecycleConfiguration": (BUCKET,),
    "s3:PutReplicationConfiguration": (BUCKET,),
    "secretsmanager:DeleteSecret": (SECRETS,),
    "secretsmanager:DescribeSecret": (SECRETS,),
    "secretsmanager:RestoreSecret": (SECRETS,),
    "sns:GetTopicAttributes": (TOPIC,),
    "sns:SetTopicAttributes": (TOPIC,),
    "sqs:GetQueueAttributes": (QUEUE,),
    "sqs:GetQueueUrl": (QUEUE,),
    "sqs:SetQueueAttributes": (QUEUE,),
    "ssm:DescribeDocumentPermission": (DOCUMENT,),
    "ssm:ModifyDocumentPermission": (DOCUMENT,),
    "sso:DeleteInlinePolicyFromPermissionSet": (IDENTITY_CENTER, PERMISSION_SET),
    "sso:GetInlinePolicyForPermissionSet": (IDENTITY_CENTER, PERMISSION_SET),
    "sso:ListAccountsForProvisionedPermissionSet": (IDENTITY_CENTER, PERMISSION_SET),
    "sso:ProvisionPermissionSet": (ASSIGNED_ACCOUNT, IDENTITY_CENTER, PERMISSION_SET),
    "sso:PutInlinePolicyToPermissionSet": (IDENTITY_CENTER, PERMISSION_SET),
    "tag:GetResources": ANY,
}


def resources(action: str, partition: str, account: str) -> tuple[str, ...]:
    """Return the ARNs of everything in an account that an action can reach. Raises InvalidCatalogue."""
    if action not in ACTIONS:
        raise InvalidCatalogue(f"{action}: enter in infrastructure/actions.py what IAM can limit it to")
    return tuple(template.format(partition=partition, account=account) for template in ACTIONS[action])
