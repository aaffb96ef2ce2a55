"""A file on a volume is suspicious, which is less than malicious; people look at it before anything is cut off."""

from chalicelib.model import Rule, Severity

rule = Rule(
    id="guardduty.suspicious_file",
    title="Suspicious file on a host or in a container",
    pattern={
        "source": ["aws.guardduty"],
        "detail-type": ["GuardDuty Finding"],
        "detail": {
            "type": [
                {"prefix": "Execution:Container/SuspiciousFile"},
                {"prefix": "Execution:EC2/SuspiciousFile"},
                {"prefix": "Execution:ECS/SuspiciousFile"},
                {"prefix": "Execution:Kubernetes/SuspiciousFile"},
            ]
        },
    },
    severity=Severity.LOW,
    attack=("T1204", "T1105"),
    controls={"pci-dss": ("5.2.2",), "soc2": ("CC6.8",), "hipaa": ("164.308(a)(5)(ii)(B)",)},
    look_at=(
        "Read the path and the threat's name: adware, tools of administrators and packed installers are found so"
        " too. If it does not belong there, isolate the host or stop the task, and look for how it came."
    ),
)
