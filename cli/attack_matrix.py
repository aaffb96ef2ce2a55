"""The techniques of MITRE ATT&CK that rules speak of: the whole IaaS matrix, and of the others those that rules name.

Enterprise ATT&CK 18.1. © 2025 The MITRE Corporation. This work is reproduced and distributed with the permission of
The MITRE Corporation.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

VERSION = "18.1"

_IAAS = """
T1020.001 exfiltration Automated Exfiltration: Traffic Duplication
T1021 lateral-movement Remote Services
T1021.007 lateral-movement Remote Services: Cloud Services
T1021.008 lateral-movement Remote Services: Direct Cloud VM Connections
T1036.010 defense-evasion Masquerading: Masquerade Account Name
T1040 credential-access,discovery Network Sniffing
T1046 discovery Network Service Discovery
T1048 exfiltration Exfiltration Over Alternative Protocol
T1049 discovery System Network Connections Discovery
T1059 execution Command and Scripting Interpreter
T1059.009 execution Command and Scripting Interpreter: Cloud API
T1069 discovery Permission Groups Discovery
T1069.003 discovery Permission Groups Discovery: Cloud Groups
T1074 collection Data Staged
T1074.002 collection Data Staged: Remote Data Staging
T1078 initial-access,persistence,privilege-escalation,defense-evasion Valid Accounts
T1078.001 initial-access,persistence,privilege-escalation,defense-evasion Valid Accounts: Default Accounts
T1078.004 initial-access,persistence,privilege-escalation,defense-evasion Valid Accounts: Cloud Accounts
T1082 discovery System Information Discovery
T1087 discovery Account Discovery
T1087.004 discovery Account Discovery: Cloud Account
T1098 persistence,privilege-escalation Account Manipulation
T1098.001 persistence,privilege-escalation Account Manipulation: Additional Cloud Credentials
T1098.003 persistence,privilege-escalation Account Manipulation: Additional Cloud Roles
T1098.004 persistence,privilege-escalation Account Manipulation: SSH Authorized Keys
T1110 credential-access Brute Force
T1110.001 credential-access Brute Force: Password Guessing
T1110.003 credential-access Brute Force: Password Spraying
T1110.004 credential-access Brute Force: Credential Stuffing
T1119 collection Automated Collection
T1136 persistence Create Account
T1136.003 persistence Create Account: Cloud Account
T1190 initial-access Exploit Public-Facing Application
T1199 initial-access Trusted Relationship
T1201 discovery Password Policy Discovery
T1204 execution User Execution
T1204.003 execution User Execution: Malicious Image
T1211 defense-evasion Exploitation for Defense Evasion
T1213 collection Data from Information Repositories
T1213.006 collection Data from Information Repositories: Databases
T1485 impact Data Destruction
T1485.001 impact Data Destruction: Lifecycle-Triggered Deletion
T1486 impact Data Encrypted for Impact
T1489 impact Service Stop
T1490 impact Inhibit System Recovery
T1491 impact Defacement
T1491.002 impact Defacement: External Defacement
T1496 impact Resource Hijacking
T1496.001 impact Resource Hijacking: Compute Hijacking
T1496.002 impact Resource Hijacking: Bandwidth Hijacking
T1498 impact Network Denial of Service
T1498.001 impact Network Denial of Service: Direct Network Flood
T1498.002 impact Network Denial of Service: Reflection Amplification
T1499 impact Endpoint Denial of Service
T1499.002 impact Endpoint Denial of Service: Service Exhaustion Flood
T1499.003 impact Endpoint Denial of Service: Application Exhaustion Flood
T1499.004 impact Endpoint Denial of Service: Application or System Exploitation
T1518 discovery Software Discovery
T1518.001 discovery Software Discovery: Security Software Discovery
T1525 persistence Implant Internal Image
T1526 discovery Cloud Service Discovery
T1528 credential-access Steal Application Access Token
T1530 collection Data from Cloud Storage
T1531 impact Account Access Removal
T1535 defense-evasion Unused/Unsupported Cloud Regions
T1537 exfiltration Transfer Data to Cloud Account
T1538 discovery Cloud Service Dashboard
T1546 persistence,privilege-escalation Event Triggered Execution
T1548 privilege-escalation,defense-evasion Abuse Elevation Control Mechanism
T1548.005 privilege-escalation,defense-evasion Abuse Elevation Control Mechanism: Temporary Elevated Cloud Access
T1550 defense-evasion,lateral-movement Use Alternate Authentication Material
T1550.001 defense-evasion,lateral-movement Use Alternate Authentication Material: Application Access Token
T1550.004 defense-evasion,lateral-movement Use Alternate Authentication Material: Web Session Cookie
T1552 credential-access Unsecured Credentials
T1552.001 credential-access Unsecured Credentials: Credentials In Files
T1552.005 credential-access Unsecured Credentials: Cloud Instance Metadata API
T1555 credential-access Credentials from Password Stores
T1555.006 credential-access Credentials from Password Stores: Cloud Secrets Management Stores
T1556 persistence,defense-evasion,credential-access Modify Authentication Process
T1556.006 persistence,defense-evasion,credential-access Modify Authentication Process: Multi-Factor Authentication
T1556.007 persistence,defense-evasion,credential-access Modify Authentication Process: Hybrid Identity
T1556.009 persistence,defense-evasion,credential-access Modify Authentication Process: Conditional Access Policies
T1562 defense-evasion Impair Defenses
T1562.001 defense-evasion Impair Defenses: Disable or Modify Tools
T1562.007 defense-evasion Impair Defenses: Disable or Modify Cloud Firewall
T1562.008 defense-evasion Impair Defenses: Disable or Modify Cloud Logs
T1578 defense-evasion Modify Cloud Compute Infrastructure
T1578.001 defense-evasion Modify Cloud Compute Infrastructure: Create Snapshot
T1578.002 defense-evasion Modify Cloud Compute Infrastructure: Create Cloud Instance
T1578.003 defense-evasion Modify Cloud Compute Infrastructure: Delete Cloud Instance
T1578.004 defense-evasion Modify Cloud Compute Infrastructure: Revert Cloud Instance
T1578.005 defense-evasion Modify Cloud Compute Infrastructure: Modify Cloud Compute Configurations
T1580 discovery Cloud Infrastructure Discovery
T1606 credential-access Forge Web Credentials
T1606.001 credential-access Forge Web Credentials: Web Cookies
T1606.002 credential-access Forge Web Credentials: SAML Tokens
T1614 discovery System Location Discovery
T1619 discovery Cloud Storage Object Discovery
T1621 credential-access Multi-Factor Authentication Request Generation
T1648 execution Serverless Execution
T1651 execution Cloud Administration Command
T1654 discovery Log Enumeration
T1666 defense-evasion Modify Cloud Resource Hierarchy
T1680 discovery Local Storage Discovery
"""

_BEYOND = """
T1005 collection Data from Local System
T1020 exfiltration Automated Exfiltration
T1021.004 lateral-movement Remote Services: SSH
T1037 persistence,privilege-escalation Boot or Logon Initialization Scripts
T1055 privilege-escalation,defense-evasion Process Injection
T1070 defense-evasion Indicator Removal
T1071 command-and-control Application Layer Protocol
T1080 lateral-movement Taint Shared Content
T1090.003 command-and-control Proxy: Multi-hop Proxy
T1098.006 persistence,privilege-escalation Account Manipulation: Additional Container Cluster Roles
T1105 command-and-control Ingress Tool Transfer
T1133 initial-access,persistence External Remote Services
T1195.002 initial-access Supply Chain Compromise: Compromise Software Supply Chain
T1203 execution Exploitation for Client Execution
T1204.002 execution User Execution: Malicious File
T1484.002 privilege-escalation,defense-evasion Domain or Tenant Policy Modification: Trust Modification
T1496.004 impact Resource Hijacking: Cloud Service Hijacking
T1543 persistence,privilege-escalation Create or Modify System Process
T1547.006 persistence,privilege-escalation Boot or Logon Autostart Execution: Kernel Modules and Extensions
T1552.007 credential-access Unsecured Credentials: Container API
T1557 credential-access,collection Adversary-in-the-Middle
T1562.006 defense-evasion Impair Defenses: Indicator Blocking
T1565.002 impact Data Manipulation: Transmitted Data Manipulation
T1566 initial-access Phishing
T1568.002 command-and-control Dynamic Resolution: Domain Generation Algorithms
T1572 command-and-control Protocol Tunneling
T1584.001 resource-development Compromise Infrastructure: Domains
T1595.001 reconnaissance Active Scanning: Scanning IP Blocks
T1609 execution Container Administration Command
T1610 execution,defense-evasion Deploy Container
T1611 privilege-escalation Escape to Host
T1613 discovery Container and Resource Discovery
"""


@dataclass(frozen=True, slots=True)
class Technique:
    """One technique or sub-technique (`T1078.004`). `iaas`: whether it is in the matrix of clouds such as AWS."""

    id: str
    name: str
    tactics: tuple[str, ...]
    iaas: bool

    @property
    def parent(self) -> str:
        """The technique that a sub-technique is of, "" of a technique."""
        return self.id.partition(".")[0] if "." in self.id else ""


def _read(table: str, *, iaas: bool) -> dict[str, Technique]:
    rows = (row.split(" ", 2) for row in table.split("\n") if row)
    return {id_: Technique(id_, name, tuple(tactics.split(",")), iaas) for id_, tactics, name in rows}


TECHNIQUES: Mapping[str, Technique] = MappingProxyType(_read(_IAAS, iaas=True) | _read(_BEYOND, iaas=False))
"""By id. Those beyond IaaS are of hosts, containers and whoever prepares an attack: GuardDuty sees them too."""
