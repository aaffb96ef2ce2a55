"""The GuardDuty finding types that say: somebody other than its owner uses a credential."""

TYPES = [
    {"prefix": "UnauthorizedAccess:IAMUser/"},
    {"prefix": "CredentialAccess:IAMUser/"},
    {"prefix": "Recon:IAMUser/"},
    {"prefix": "PenTest:IAMUser/"},
    {"prefix": "Persistence:IAMUser/"},
    {"prefix": "PrivilegeEscalation:IAMUser/"},
    "DefenseEvasion:IAMUser/AnomalousBehavior",
    "Exfiltration:IAMUser/AnomalousBehavior",
    "Impact:IAMUser/AnomalousBehavior",
    "InitialAccess:IAMUser/AnomalousBehavior",
    {"prefix": "UnauthorizedAccess:S3/"},
    {"prefix": "Exfiltration:S3/"},
    {"prefix": "Impact:S3/"},
    {"prefix": "PenTest:S3/"},
    {"prefix": "Discovery:S3/MaliciousIPCaller"},
    "Discovery:S3/TorIPCaller",
]
"""Values of `detail.type` as an event pattern takes them. Not `Impact:IAMUser/PromptInjection.Direct` and its like:
there the people who use an application misbehave, not who holds its key."""
