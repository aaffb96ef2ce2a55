"""What IAM can limit each action of the catalogue to: the resource types of AWS's Service Authorization Reference.

An action that is not entered here is limited as that reference says, where it says one thing only, or where the ARNs
that a remediation pins its writes to choose among what it says. Any other is entered; the tests hold every entry to it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from infrastructure.authorization import derived

ANY = ("*",)
"""For actions that IAM can limit to no resource."""

ACCESS_ENTRY = "arn:{partition}:eks:*:{account}:access-entry/*/*/*/*/*"
ADDRESS = "arn:{partition}:ec2:*:{account}:elastic-ip/*"
ANALYZER = "arn:{partition}:access-analyzer:*:{account}:analyzer/*"
ASSIGNED_ACCOUNT = "arn:{partition}:sso:::account/*"
CLUSTER = "arn:{partition}:rds:*:{account}:cluster:*"
CLUSTER_SNAPSHOT = "arn:{partition}:rds:*:{account}:cluster-snapshot:*"
DATABASE = "arn:{partition}:rds:*:{account}:db:*"
DATABASE_SNAPSHOT = "arn:{partition}:rds:*:{account}:snapshot:*"
DETECTOR = "arn:{partition}:guardduty:*:{account}:detector/*"
DOCUMENT = "arn:{partition}:ssm:*:{account}:document/*"
DOMAIN = "arn:{partition}:es:*:{account}:domain/*"
FLOW_LOG = "arn:{partition}:ec2:*:{account}:vpc-flow-log/*"
FUNCTION = "arn:{partition}:lambda:*:{account}:function:*"
GROUP_OF_USERS = "arn:{partition}:iam::{account}:group/*"
HUB = "arn:{partition}:securityhub:*:{account}:hub/default"
IDENTITY_CENTER = "arn:{partition}:sso:::instance/*"
IMAGE = "arn:{partition}:ec2:*::image/*"
INSTANCE = "arn:{partition}:ec2:*:{account}:instance/*"
INSTANCE_PROFILE = "arn:{partition}:iam::{account}:instance-profile/*"
INTERFACE = "arn:{partition}:ec2:*:{account}:network-interface/*"
GROUP = "arn:{partition}:ec2:*:{account}:security-group/*"
KEY = "arn:{partition}:kms:*:{account}:key/*"
KUBERNETES = "arn:{partition}:eks:*:{account}:cluster/*"
LOG_GROUP = "arn:{partition}:logs:*:{account}:log-group:*"
NETWORK_ACL = "arn:{partition}:ec2:*:{account}:network-acl/*"
NOTEBOOK = "arn:{partition}:sagemaker:*:{account}:notebook-instance/*"
OIDC_PROVIDER = "arn:{partition}:iam::{account}:oidc-provider/*"
PERMISSION_SET = "arn:{partition}:sso:::permissionSet/*/*"
POLICY = "arn:{partition}:iam::{account}:policy/*"
QUERY_LOG = "arn:{partition}:route53resolver:*:{account}:resolver-query-log-config/*"
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
TASK = "arn:{partition}:ecs:*:{account}:task/*/*"
TOPIC = "arn:{partition}:sns:*:{account}:*"
TRAIL = "arn:{partition}:cloudtrail:*:{account}:trail/*"
USER = "arn:{partition}:iam::{account}:user/*"
VAULT = "arn:{partition}:backup:*:{account}:backup-vault:*"
VOLUME = "arn:{partition}:ec2:*:{account}:volume/*"
VPC = "arn:{partition}:ec2:*:{account}:vpc/*"
BUCKET = "arn:{partition}:s3:::*"
WAREHOUSE = "arn:{partition}:redshift:*:{account}:cluster:*"

ACTIONS: Mapping[str, tuple[str, ...]] = {
    "access-analyzer:CreateAnalyzer": (ANALYZER,),
    "access-analyzer:DeleteAnalyzer": (ANALYZER,),
    "access-analyzer:ListAnalyzers": ANY,
    "access-analyzer:TagResource": (ANALYZER,),
    "autoscaling:DescribeAutoScalingInstances": ANY,
    "autoscaling:EnterStandby": (SCALING_GROUP,),
    "autoscaling:ExitStandby": (SCALING_GROUP,),
    "backup:DeleteBackupVaultAccessPolicy": (VAULT,),
    "backup:DeleteBackupVaultLockConfiguration": (VAULT,),
    "backup:DescribeBackupVault": (VAULT,),
    "backup:GetBackupVaultAccessPolicy": (VAULT,),
    "backup:PutBackupVaultAccessPolicy": (VAULT,),
    "backup:PutBackupVaultLockConfiguration": (VAULT,),
    "bedrock:DeleteModelInvocationLoggingConfiguration": ANY,
    "bedrock:GetModelInvocationLoggingConfiguration": ANY,
    "bedrock:PutModelInvocationLoggingConfiguration": ANY,
    "cloudtrail:AddTags": (TRAIL,),
    "cloudtrail:CreateTrail": (TRAIL,),
    "cloudtrail:DeleteTrail": (TRAIL,),
    "cloudtrail:DescribeTrails": ANY,
    "cloudtrail:GetEventSelectors": (TRAIL,),
    "cloudtrail:GetInsightSelectors": (TRAIL,),
    "cloudtrail:GetTrailStatus": (TRAIL,),
    "cloudtrail:ListTags": (TRAIL,),
    "cloudtrail:LookupEvents": ANY,
    "cloudtrail:PutEventSelectors": (TRAIL,),
    "cloudtrail:PutInsightSelectors": (TRAIL,),
    "cloudtrail:StartLogging": (TRAIL,),
    "cloudtrail:StopLogging": (TRAIL,),
    "cloudtrail:UpdateTrail": (TRAIL,),
    "config:DeleteConfigurationRecorder": (RECORDER,),
    "config:DeleteDeliveryChannel": ANY,
    "config:DescribeConfigurationRecorders": (RECORDER,),
    "config:DescribeConfigurationRecorderStatus": (RECORDER,),
    "config:DescribeDeliveryChannels": ANY,
    "config:GetResourceConfigHistory": ANY,
    "config:PutConfigurationRecorder": (RECORDER,),
    "config:PutDeliveryChannel": ANY,
    "config:StartConfigurationRecorder": (RECORDER,),
    "config:StopConfigurationRecorder": (RECORDER,),
    "dynamodb:DescribeContinuousBackups": (TABLE,),
    "dynamodb:DescribeTable": (TABLE,),
    "dynamodb:UpdateContinuousBackups": (TABLE,),
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
    "ec2:DisableEbsEncryptionByDefault": ANY,
    "ec2:DisableImageBlockPublicAccess": ANY,
    "ec2:DisableSerialConsoleAccess": ANY,
    "ec2:DisableSnapshotBlockPublicAccess": ANY,
    "ec2:DisassociateAddress": (ADDRESS, INTERFACE),
    "ec2:DisassociateIamInstanceProfile": (INSTANCE,),
    "ec2:EnableEbsEncryptionByDefault": ANY,
    "ec2:EnableImageBlockPublicAccess": ANY,
    "ec2:EnableSerialConsoleAccess": ANY,
    "ec2:EnableSnapshotBlockPublicAccess": ANY,
    "ec2:GetEbsEncryptionByDefault": ANY,
    "ec2:GetImageBlockPublicAccessState": ANY,
    "ec2:GetSerialConsoleAccessStatus": ANY,
    "ec2:GetSnapshotBlockPublicAccessState": ANY,
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
    "ecs:DescribeTaskDefinition": ANY,
    "ecs:DescribeTasks": (TASK,),
    "ecs:StopTask": (TASK,),
    "eks:AssociateAccessPolicy": (ACCESS_ENTRY,),
    "eks:CreateAccessEntry": (KUBERNETES,),
    "eks:DeleteAccessEntry": (ACCESS_ENTRY,),
    "eks:DescribeAccessEntry": (ACCESS_ENTRY,),
    "eks:DescribeCluster": (KUBERNETES,),
    "eks:ListAccessEntries": (KUBERNETES,),
    "eks:ListAssociatedAccessPolicies": (ACCESS_ENTRY,),
    "eks:TagResource": (ACCESS_ENTRY,),
    "eks:UpdateClusterConfig": (KUBERNETES,),
    "elasticloadbalancing:DeregisterTargets": (TARGET_GROUP,),
    "elasticloadbalancing:DescribeTargetGroups": ANY,
    "elasticloadbalancing:DescribeTargetHealth": ANY,
    "elasticloadbalancing:RegisterTargets": (TARGET_GROUP,),
    "es:DescribeDomainConfig": (DOMAIN,),
    "es:UpdateDomainConfig": (DOMAIN,),
    "events:ListRules": ANY,
    "guardduty:CreateDetector": ANY,
    "guardduty:DeleteDetector": (DETECTOR,),
    "guardduty:GetDetector": (DETECTOR,),
    "guardduty:ListDetectors": ANY,
    "guardduty:TagResource": (DETECTOR,),
    "guardduty:UpdateDetector": (DETECTOR,),
    "iam:AttachGroupPolicy": (GROUP_OF_USERS,),
    "iam:AttachRolePolicy": (ROLE,),
    "iam:AttachUserPolicy": (USER,),
    "iam:CreateOpenIDConnectProvider": (OIDC_PROVIDER,),
    "iam:CreateSAMLProvider": (SAML_PROVIDER,),
    "iam:DeleteAccountPasswordPolicy": ANY,
    "iam:DeleteGroupPolicy": (GROUP_OF_USERS,),
    "iam:DeleteOpenIDConnectProvider": (OIDC_PROVIDER,),
    "iam:DeleteRolePolicy": (ROLE,),
    "iam:DeleteSAMLProvider": (SAML_PROVIDER,),
    "iam:DeleteUserPolicy": (USER,),
    "iam:DetachGroupPolicy": (GROUP_OF_USERS,),
    "iam:DetachRolePolicy": (ROLE,),
    "iam:DetachUserPolicy": (USER,),
    "iam:GetAccessKeyLastUsed": (USER,),
    "iam:GetAccountPasswordPolicy": ANY,
    "iam:GetGroupPolicy": (GROUP_OF_USERS,),
    "iam:GetInstanceProfile": (INSTANCE_PROFILE,),
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
    "iam:ListGroupPolicies": (GROUP_OF_USERS,),
    "iam:ListRolePolicies": (ROLE,),
    "iam:ListRoleTags": (ROLE,),
    "iam:ListServiceSpecificCredentials": (USER,),
    "iam:ListUserPolicies": (USER,),
    "iam:ListUserTags": (USER,),
    "iam:PassRole": (ROLE,),
    "iam:PutGroupPolicy": (GROUP_OF_USERS,),
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
    "kms:GetKeyPolicy": (KEY,),
    "kms:ListGrants": (KEY,),
    "kms:PutKeyPolicy": (KEY,),
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
    "logs:DescribeLogGroups": ANY,
    "logs:PutRetentionPolicy": (LOG_GROUP,),
    "macie2:DisableMacie": ANY,
    "macie2:EnableMacie": ANY,
    "macie2:GetMacieSession": ANY,
    "macie2:UpdateMacieSession": ANY,
    "organizations:DescribeOrganization": ANY,
    "rds:DescribeDBClusterSnapshotAttributes": (CLUSTER_SNAPSHOT,),
    "rds:DescribeDBClusters": (CLUSTER,),
    "rds:DescribeDBInstances": (DATABASE,),
    "rds:DescribeDBSnapshotAttributes": (DATABASE_SNAPSHOT,),
    "rds:ModifyDBCluster": (CLUSTER,),
    "rds:ModifyDBClusterSnapshotAttribute": (CLUSTER_SNAPSHOT,),
    "rds:ModifyDBInstance": (DATABASE,),
    "rds:ModifyDBSnapshotAttribute": (DATABASE_SNAPSHOT,),
    "redshift:DescribeClusters": (WAREHOUSE,),
    "redshift:ModifyCluster": (WAREHOUSE,),
    "route53resolver:AssociateResolverQueryLogConfig": (QUERY_LOG,),
    "route53resolver:DisassociateResolverQueryLogConfig": (QUERY_LOG,),
    "route53resolver:ListResolverQueryLogConfigAssociations": ANY,
    "route53resolver:ListResolverQueryLogConfigs": ANY,
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
    "sagemaker:DescribeNotebookInstance": (NOTEBOOK,),
    "sagemaker:StartNotebookInstance": (NOTEBOOK,),
    "sagemaker:StopNotebookInstance": (NOTEBOOK,),
    "secretsmanager:DeleteResourcePolicy": (SECRETS,),
    "secretsmanager:DeleteSecret": (SECRETS,),
    "secretsmanager:DescribeSecret": (SECRETS,),
    "secretsmanager:GetResourcePolicy": (SECRETS,),
    "secretsmanager:PutResourcePolicy": (SECRETS,),
    "secretsmanager:RestoreSecret": (SECRETS,),
    "securityhub:BatchUpdateFindings": (HUB,),
    "securityhub:DescribeHub": (HUB,),
    "securityhub:DisableSecurityHub": (HUB,),
    "securityhub:EnableSecurityHub": (HUB,),
    "securityhub:GetFindings": (HUB,),
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


def resources(action: str, partition: str, account: str, pins: Collection[str] = ()) -> tuple[str, ...]:
    """Return the ARNs of everything in an account that an action can reach. Raises InvalidCatalogue.

    `pins` are the ARN templates of the remediations that use it (`Remediation.pin`).
    """
    found = ACTIONS[action] if action in ACTIONS else derived(action, pins)
    return tuple(template.format(partition=partition, account=account) for template in found)
