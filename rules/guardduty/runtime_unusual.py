"""A process on a host or in a container does what is rare; alone that is no attack, so people are told."""

from chalicelib.model import Rule, Severity
from rules.controls import INTRUSION_SEEN

rule = Rule(
    id="guardduty.runtime_unusual",
    title="A process behaves in an unusual way",
    pattern={
        "source": ["aws.guardduty"],
        "detail-type": ["GuardDuty Finding"],
        "detail": {
            "type": [
                {"prefix": "DefenseEvasion:Runtime/PtraceAntiDebugging"},
                {"prefix": "DefenseEvasion:Runtime/SensitiveFileModified"},
                {"prefix": "Discovery:Runtime/"},
                {"prefix": "Execution:Runtime/NewBinaryExecuted"},
                {"prefix": "Execution:Runtime/NewLibraryLoaded"},
                {"prefix": "Execution:Runtime/Suspicious"},
                {"prefix": "Impact:Runtime/AbusedDomainRequest"},
                {"prefix": "Impact:Runtime/SuspiciousDomainRequest"},
                {"prefix": "Persistence:Runtime/"},
                {"prefix": "PrivilegeEscalation:Runtime/ElevationToRoot"},
                {"prefix": "PrivilegeEscalation:Runtime/SensitiveFileModified"},
                {"prefix": "PrivilegeEscalation:Runtime/SuspiciousCommand"},
                {"prefix": "PrivilegeEscalation:Runtime/UserfaultfdUsage"},
            ]
        },
    },
    severity=Severity.LOW,
    attack=("T1059", "T1543", "T1548"),
    controls=INTRUSION_SEEN,
    look_at=(
        "Read the command line and its parents: package updates, build agents and administrators do the like. If"
        " nobody knows it, look for other findings on the same host or task, then isolate the host or stop the"
        " task."
    ),
)
