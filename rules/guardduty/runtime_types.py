"""The GuardDuty Runtime Monitoring types that say: whoever runs this process is an attacker.

What they are about is in `resource.resourceType`: an instance, or a container of ECS or EKS.
"""

MINING = [
    {"prefix": "CryptoCurrency:Runtime/"},
    {"prefix": "Impact:Runtime/BitcoinDomainRequest"},
    {"prefix": "Impact:Runtime/CryptoMinerExecuted"},
]
COMMAND_AND_CONTROL = [
    {"prefix": "Backdoor:Runtime/"},
    {"prefix": "Trojan:Runtime/DGADomainRequest"},
    {"prefix": "Execution:Runtime/ReverseShell"},
]
MALWARE = [{"prefix": "Execution:Runtime/MaliciousFileExecuted"}]
TRAFFIC = [
    {"prefix": "Trojan:Runtime/BlackholeTraffic"},
    {"prefix": "Trojan:Runtime/DriveBySourceTraffic"},
    {"prefix": "Trojan:Runtime/DropPoint"},
    {"prefix": "Trojan:Runtime/PhishingDomainRequest"},
    {"prefix": "UnauthorizedAccess:Runtime/"},
    {"prefix": "Impact:Runtime/MaliciousDomainRequest"},
]
PROCESS = [
    {"prefix": "DefenseEvasion:Runtime/FilelessExecution"},
    {"prefix": "DefenseEvasion:Runtime/KernelModuleLoaded"},
    {"prefix": "DefenseEvasion:Runtime/ProcessInjection"},
    {"prefix": "DefenseEvasion:Runtime/SuspiciousCommand"},
    {"prefix": "PrivilegeEscalation:Runtime/CGroupsReleaseAgentModified"},
    {"prefix": "PrivilegeEscalation:Runtime/ContainerMountsHostDirectory"},
    {"prefix": "PrivilegeEscalation:Runtime/DockerSocketAccessed"},
    {"prefix": "PrivilegeEscalation:Runtime/RuncContainerEscape"},
]
ATTACK = [*MINING, *COMMAND_AND_CONTROL, *MALWARE, *TRAFFIC, *PROCESS]
"""Values of `detail.type` as an event pattern takes them; the other Runtime types are unusual, and no more."""
