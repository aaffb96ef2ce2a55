"""The GuardDuty finding types that say: somebody other than its owner uses a credential, or may do so."""

USER = [
    {"prefix": "UnauthorizedAccess:IAMUser/"},
    {"prefix": "Recon:IAMUser/"},
    {"prefix": "PenTest:IAMUser/"},
    {"prefix": "CredentialAccess:IAMUser/CompromisedCredentials"},
    {"prefix": "Exfiltration:IAMUser/AnomalousBehavior"},
    {"prefix": "Impact:IAMUser/AnomalousBehavior"},
]
"""About whoever called an API."""

BUCKET = [
    {"prefix": "UnauthorizedAccess:S3/"},
    {"prefix": "PenTest:S3/"},
    {"prefix": "Discovery:S3/MaliciousIPCaller"},
    {"prefix": "Discovery:S3/TorIPCaller"},
    {"prefix": "Exfiltration:S3/MaliciousIPCaller"},
    {"prefix": "Exfiltration:S3/AnomalousBehavior"},
    {"prefix": "Impact:S3/MaliciousIPCaller"},
    {"prefix": "Impact:S3/AnomalousBehavior.Delete"},
    {"prefix": "Impact:S3/AnomalousBehavior.Permission"},
]
"""About whoever reached into a bucket."""

TYPES = [*USER, *BUCKET]
"""Values of `detail.type` as an event pattern takes them. Not `Impact:IAMUser/PromptInjection.Direct` and its like:
there the people who use an application misbehave, not who holds its key."""

UNUSUAL_USER = [
    {"prefix": "CredentialAccess:IAMUser/AnomalousBehavior"},
    {"prefix": "DefenseEvasion:IAMUser/AnomalousBehavior"},
    {"prefix": "InitialAccess:IAMUser/AnomalousBehavior"},
    {"prefix": "Persistence:IAMUser/AnomalousBehavior"},
    {"prefix": "PrivilegeEscalation:IAMUser/AnomalousBehavior"},
    {"prefix": "Impact:IAMUser/AnomalousModelInvocation"},
    {"prefix": "Impact:IAMUser/CostHarvesting"},
]
UNUSUAL_BUCKET = [{"prefix": "Impact:S3/AnomalousBehavior.Write"}]
UNUSUAL = [*UNUSUAL_USER, *UNUSUAL_BUCKET]
"""Calls that are unlike the principal, which a new task or tool makes too: GuardDuty calls these medium at most."""

NO_KEY = [{"exists": False}, None, {"anything-but": {"prefix": ["AKIA", "ASIA"]}}]
"""`accessKeyId` of who has none: the console's users, root's, and anybody at all."""
