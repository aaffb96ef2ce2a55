"""The techniques of the IaaS matrix that no rule names: which another's rules mean too, and why the rest has none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

MEANT = frozenset(
    """
    T1110.001 T1110.003 T1110.004 T1204.003 T1496.001 T1498.001 T1498.002 T1556.007
    """.split()  # noqa: SIM905 - ids read better in a row
)
"""Sub-techniques that are told by the rules of the technique itself: the event does not tell which of them it is."""

_READS = (
    "It only reads: EventBridge keeps that from every rule that does not ask for all of it. GuardDuty tells of who"
    " reads more than ever (guardduty.unusual_api_calls)."
)
_ON_THE_HOST = "It happens in a machine or an application: no AWS event shows it, only what is done with it afterwards."
_LOAD = "It is load: Shield, WAF and scaling answer it at once, and no event of it reaches EventBridge."
_ORDINARY = "The call is made all day by backups, Auto Scaling and pipelines: one of it tells nothing."
_TOKENS = (
    "A token that was taken or forged outside of AWS looks like its owner's: GuardDuty tells where it is used from."
)
_CONTENT = "What a page shows is data: no event tells what it says."

_BY_REASON = {
    _READS: "T1049 T1082 T1201 T1518 T1518.001 T1538 T1614 T1654 T1680",
    _ON_THE_HOST: "T1074 T1074.002 T1211",
    _LOAD: "T1499 T1499.002 T1499.003 T1499.004",
    _ORDINARY: "T1578.001 T1578.003 T1578.004",
    _TOKENS: "T1528 T1550.004 T1606.001 T1606.002",
    _CONTENT: "T1491 T1491.002",
}
_ALONE = {
    "T1036.010": "A name proves nothing: that a user is created is told, whatever it is called.",
    "T1059.009": "Every call of AWS is one: rules go by what a call does.",
    "T1119": "A script reads as a person does, only more: GuardDuty tells of unusual reading, from data events.",
    "T1213.006": (
        "Queries are no calls of AWS. Who signs in to a database from where attackers are is told, and who copies it."
    ),
    "T1496.002": "Traffic that is sold shows on the bill; what GuardDuty tells of it is the relay (T1090.003).",
    "T1546": "A trigger runs what is there already: who changes a function, or lets others invoke it, is told (T1648).",
}


def _each() -> Iterator[tuple[str, str]]:
    for reason, ids in _BY_REASON.items():
        yield from ((id_, reason) for id_ in ids.split())


UNSEEN: Mapping[str, str] = MappingProxyType({**dict(_each()), **_ALONE})
"""Technique id -> why no rule is for it, a sentence for people."""
