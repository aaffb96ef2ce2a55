"""The controls that several rules are evidence for, by what happened.

They are those of CIS AWS Foundations Benchmark 3.0.0 (`cis-aws`), PCI DSS 4.0 (`pci-dss`), the SOC 2 trust services
criteria (`soc2`), the HIPAA Security Rule (`hipaa`, sections of 45 CFR) and the GDPR (`gdpr`, articles), and they are
conservative: only those that the response itself is evidence for.
"""

from collections.abc import Mapping
from typing import TypeAlias

Controls: TypeAlias = Mapping[str, tuple[str, ...]]

PUBLIC_STORAGE: Controls = {
    "cis-aws": ("2.1.4",),
    "pci-dss": ("1.4.4", "7.2.1"),
    "soc2": ("CC6.1", "CC6.6"),
    "hipaa": ("164.312(a)(1)",),
    "gdpr": ("32",),
}
"""Anybody can reach what is stored, and no longer can."""

SHARED_DISK: Controls = {
    "pci-dss": ("7.2.1",),
    "soc2": ("CC6.1", "CC6.6"),
    "hipaa": ("164.312(a)(1)",),
}
"""A copy of a disk, with all that is on it, is within reach of others."""

DESTRUCTION: Controls = {
    "pci-dss": ("10.3.2",),
    "soc2": ("A1.2", "CC7.2"),
    "hipaa": ("164.312(c)(1)",),
    "gdpr": ("32",),
}
"""Stored data is deleted or locked away, or what guards it from that is."""

PUBLIC_DATA: Controls = {name: listed for name, listed in PUBLIC_STORAGE.items() if name != "cis-aws"}
"""Anybody can reach a database, key, secret, queue, image or function, and no longer can."""

DATA_LOSS: Controls = {
    "soc2": ("A1.2", "CC7.4"),
    "hipaa": ("164.308(a)(7)(ii)(A)", "164.312(c)(1)"),
    "gdpr": ("32",),
}
"""Data or its backups are destroyed, or stand open to that."""

KEYS: Controls = {
    "cis-aws": ("4.7",),
    "pci-dss": ("3.6.1",),
    "soc2": ("A1.2", "CC6.1"),
    "hipaa": ("164.312(a)(2)(iv)",),
    "gdpr": ("32",),
}
"""What an encryption key protects cannot be read any more, or is in somebody else's hand."""

OPEN_NETWORK: Controls = {
    "cis-aws": ("5.2", "5.3"),
    "pci-dss": ("1.3.1",),
    "soc2": ("CC6.6",),
    "hipaa": ("164.312(e)(1)",),
    "gdpr": ("32",),
}
"""The whole internet reaches administration ports, and no longer does."""

AUDIT_TRAIL: Controls = {
    "cis-aws": ("3.1", "4.5"),
    "pci-dss": ("10.2.1.6", "10.7.2"),
    "soc2": ("CC7.2",),
    "hipaa": ("164.312(b)",),
    "gdpr": ("32",),
}
"""CloudTrail records less, or nothing."""

RECORDER: Controls = {
    "cis-aws": ("3.3", "4.9"),
    "pci-dss": ("10.7.2",),
    "soc2": ("CC7.1", "CC7.2"),
    "hipaa": ("164.312(b)",),
}
"""AWS Config records less, or nothing."""

DETECTION: Controls = {
    "pci-dss": ("10.7.2", "11.5.1"),
    "soc2": ("CC7.2",),
    "hipaa": ("164.308(a)(1)(ii)(D)",),
    "gdpr": ("32",),
}
"""GuardDuty, which detects intrusion, sees less, or nothing."""

SAFEGUARD: Controls = {"pci-dss": ("10.7.2",), "soc2": ("CC7.2",)}
"""Some other safeguard does not work any more."""

ROOT_USE: Controls = {
    "cis-aws": ("1.7", "4.3"),
    "pci-dss": ("10.2.1.2",),
    "soc2": ("CC6.1", "CC7.2"),
    "hipaa": ("164.308(a)(1)(ii)(D)",),
}
"""Root was used."""

FAILED_LOGIN: Controls = {"cis-aws": ("4.6",), "pci-dss": ("10.2.1.4",), "soc2": ("CC7.2",)}
"""Somebody failed to sign in."""

PRIVILEGE: Controls = {
    "cis-aws": ("1.16", "4.4"),
    "pci-dss": ("7.2.2", "10.2.1.5"),
    "soc2": ("CC6.1", "CC6.3"),
    "hipaa": ("164.308(a)(4)(ii)(C)",),
}
"""Somebody was given the power to do everything, or a limit of what they may do was taken away."""

NEW_CREDENTIAL: Controls = {
    "pci-dss": ("8.2.4", "10.2.1.5"),
    "soc2": ("CC6.1", "CC6.2"),
    "hipaa": ("164.308(a)(4)(ii)(C)",),
}
"""There is a new user, or a new way to act as one."""

TRUST: Controls = {
    "cis-aws": ("4.4",),
    "pci-dss": ("7.2.2", "10.2.1.5"),
    "soc2": ("CC6.1", "CC6.3"),
    "hipaa": ("164.308(a)(4)(ii)(C)",),
}
"""Who may come in from elsewhere was changed."""

ORGANIZATION: Controls = {"cis-aws": ("4.15",), "pci-dss": ("10.2.1.2",), "soc2": ("CC6.1", "CC7.2")}
"""The organization, or what it forbids its accounts, was changed."""

CREDENTIALS: Controls = {
    "pci-dss": ("11.5.1", "12.10.5"),
    "soc2": ("CC6.1", "CC7.4"),
    "hipaa": ("164.308(a)(6)(ii)",),
}
"""Somebody else uses a credential, and it is taken from them."""

EXPOSED_KEY: Controls = {
    "pci-dss": ("8.6.2", "12.10.5"),
    "soc2": ("CC6.1", "CC7.4"),
    "hipaa": ("164.308(a)(6)(ii)",),
}
"""An access key lies where others can read it, and is switched off."""

INTRUSION_SEEN: Controls = {"pci-dss": ("11.5.1",), "soc2": ("CC7.2", "CC7.3")}
"""An attacker seems to be inside, and people are told."""

INTRUSION_CONTAINED: Controls = {
    "pci-dss": ("11.5.1", "12.10.5"),
    "soc2": ("CC7.3", "CC7.4"),
    "hipaa": ("164.308(a)(6)(ii)",),
}
"""An attacker is inside, and what they hold is contained."""

INCIDENT: Controls = {"pci-dss": ("12.10.5",), "soc2": ("CC7.4",), "hipaa": ("164.308(a)(6)(ii)",)}
"""An incident that is known already is contained further."""

BREACH: Controls = {"gdpr": ("32", "33")}
"""Beside another: personal data may be out, and a breach of it is to be notified within 72 hours."""
