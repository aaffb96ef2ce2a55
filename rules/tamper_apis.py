"""The API calls that others watch for, each once: every one has a rule, or a reason for none in `rules.not_answered`.

They are those of Security Hub's CloudWatch controls (CloudWatch.3 to .14, the metric filters of the CIS AWS Foundations
Benchmark) and of the Sigma rules for AWS (SigmaHQ/sigma, `rules/cloud/aws`, Detection Rule License 1.1). Where those
leave the service out, or name another than CloudTrail does, it is the service whose call it is; a call of Lambda has
the version of its API in its name, as CloudTrail writes it.
"""

from collections.abc import Mapping
from types import MappingProxyType

_NAMES = {
    "*": "List*",
    "account": "EnableRegion",
    "bedrock": "DeleteGuardrail UpdateGuardrail",
    "cloudtrail": "CreateTrail DeleteTrail StartLogging StopLogging UpdateTrail",
    "config": """
        DeleteDeliveryChannel PutConfigurationRecorder PutDeliveryChannel StopConfigurationRecorder
    """,
    "ec2": """
        AcceptVpcPeeringConnection AttachClassicLinkVpc AttachInternetGateway AuthorizeSecurityGroupEgress
        AuthorizeSecurityGroupIngress CreateCustomerGateway CreateInstanceExportTask CreateInternetGateway
        CreateNetworkAcl CreateNetworkAclEntry CreateRoute CreateRouteTable CreateSecurityGroup CreateVpc
        CreateVpcPeeringConnection DeleteCustomerGateway DeleteFlowLogs DeleteInternetGateway DeleteNetworkAcl
        DeleteNetworkAclEntry DeleteRoute DeleteRouteTable DeleteSecurityGroup DeleteVpc
        DeleteVpcPeeringConnection DescribeCarrierGateways DescribeClientVpnRoutes DescribeDhcpOptions
        DescribeImages DescribeInstanceAttribute DescribeSnapshotAttribute DescribeSnapshotTierStatus
        DescribeTransitGatewayMulticastDomains DescribeVolumes DescribeVolumesModifications
        DescribeVpcEndpointConnectionNotifications DetachClassicLinkVpc DetachInternetGateway
        DisableEbsEncryptionByDefault DisableVpcClassicLink DisassociateRouteTable EnableVpcClassicLink
        GetEbsDefaultKmsKeyId GetEbsEncryptionByDefault GetPasswordData
        GetTransitGatewayRouteTableAssociations ImportKeyPair ModifyInstanceAttribute ModifySnapshotAttribute
        ModifyVpcAttribute RejectVpcPeeringConnection ReplaceNetworkAclAssociation ReplaceNetworkAclEntry
        ReplaceRoute ReplaceRouteTableAssociation RevokeSecurityGroupEgress RevokeSecurityGroupIngress
    """,
    "ecs": "DescribeTaskDefinition RegisterTaskDefinition RunTask",
    "eks": "CreateCluster DeleteCluster",
    "elasticache": """
        AuthorizeCacheSecurityGroupEgress AuthorizeCacheSecurityGroupIngress CreateCacheSecurityGroup
        DeleteCacheSecurityGroup RevokeCacheSecurityGroupEgress RevokeCacheSecurityGroupIngress
    """,
    "elasticfilesystem": "DeleteFileSystem DeleteMountTarget",
    "elasticloadbalancing": "ApplySecurityGroupsToLoadBalancer SetSecurityGroups",
    "glue": "CreateDevEndpoint DeleteDevEndpoint UpdateDevEndpoint",
    "guardduty": "ArchiveFindings CreateIPSet DeleteDetector UpdateDetector",
    "iam": """
        AttachGroupPolicy AttachRolePolicy AttachUserPolicy CreateAccessKey CreateLoginProfile CreatePolicy
        CreatePolicyVersion CreateUser DeleteGroupPolicy DeletePolicy DeletePolicyVersion DeleteRolePolicy
        DeleteSAMLProvider DeleteUserPolicy DetachGroupPolicy DetachRolePolicy DetachUserPolicy
        GetLoginProfile PutGroupPolicy PutRolePolicy PutUserPolicy UpdateLoginProfile UpdateSAMLProvider
    """,
    "kms": "DeleteImportedKeyMaterial DisableKey ImportKeyMaterial ScheduleKeyDeletion",
    "lambda": """
        CreateFunction20150331 CreateFunctionUrlConfig Invoke UpdateFunctionConfiguration20150331v2
    """,
    "macie2": """
        CreateFindingsFilter DeleteMember DisableMacie DisableOrganizationAdminAccount
        DisassociateFromMasterAccount DisassociateMember UpdateClassificationJob UpdateFindingsFilter
        UpdateMacieSession UpdateMemberSession
    """,
    "rds": """
        AuthorizeDBSecurityGroupIngress CreateDBSecurityGroup DeleteDBCluster DeleteDBSecurityGroup
        ModifyDBCluster ModifyDBInstance RestoreDBInstanceFromDBSnapshot RevokeDBSecurityGroupIngress
    """,
    "route53domains": "DisableDomainTransferLock TransferDomainToAnotherAwsAccount",
    "s3": """
        DeleteBucket DeleteBucketCors DeleteBucketLifecycle DeleteBucketPolicy DeleteBucketReplication
        GetBucketCors GetBucketInventoryConfiguration GetBucketMetricsConfiguration GetBucketPolicy
        GetBucketPublicAccessBlock GetBucketReplication GetBucketTagging ListBuckets PutBucketAcl
        PutBucketCors PutBucketLifecycle PutBucketLogging PutBucketPolicy PutBucketReplication
        PutBucketVersioning PutBucketWebsite PutEncryptionConfiguration PutLifecycleConfiguration
        PutReplicationConfiguration ReplicateObject RestoreObject
    """,
    "securityhub": "BatchUpdateFindings DeleteInsight UpdateFindings UpdateInsight",
    "ses": "DeleteIdentity UpdateAccountSendingEnabled VerifyEmailIdentity",
    "signin": "ConsoleLogin GetSigninToken",
    "ssm": "RegisterManagedInstance SendCommand",
    "sso": """
        AssociateDirectory DisableExternalIdPConfigurationForDirectory DisassociateDirectory
        EnableExternalIdPConfigurationForDirectory
    """,
    "sso-directory": """
        AssociateDirectory DisableExternalIdPConfigurationForDirectory DisassociateDirectory
        EnableExternalIdPConfigurationForDirectory
    """,
    "sts": "AssumeRoleWithSAML GetCallerIdentity GetSessionToken",
}

TAMPER_APIS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {service: tuple(names.split()) for service, names in _NAMES.items()}
)
"""`eventSource` without `.amazonaws.com` (`*`: whichever) -> the values of `eventName`."""
