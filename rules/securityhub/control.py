"""The event pattern for "these Security Hub controls failed", however the event names the control."""

from chalicelib.model import Json


def failed(*controls: str, generators: tuple[str, ...] = ()) -> dict[str, Json]:
    """Return the pattern for failed findings of some controls (`EC2.13`) and of benchmark rules by GeneratorId.

    ASFF names a control in `Compliance.SecurityControlId` (consolidated findings), in `ProductFields.ControlId` (one
    standard's), or only as the end of `GeneratorId`; OCSF in `compliance.control`. Sources: Security Hub user guide,
    "ASFF syntax" and "Security Hub event formats".
    """
    endings = [{"suffix": f"/{control}"} for control in controls]
    return {
        "source": ["aws.securityhub"],
        "detail-type": ["Security Hub Findings - Imported", "Findings Imported V2"],
        "detail": {
            "findings": {
                "$or": [
                    {"Compliance": {"Status": ["FAILED"], "SecurityControlId": [*controls]}},
                    {"Compliance": {"Status": ["FAILED"]}, "ProductFields": {"ControlId": [*controls]}},
                    {"Compliance": {"Status": ["FAILED"]}, "GeneratorId": [*endings, *generators]},
                    {
                        "compliance": {
                            "status": [{"equals-ignore-case": "fail"}, {"equals-ignore-case": "failed"}],
                            "control": [*controls],
                        }
                    },
                ]
            }
        },
    }


def cis_1_2(*numbers: str) -> tuple[str, ...]:
    """Return the GeneratorIds of the CIS AWS Foundations Benchmark 1.2.0, which names no control."""
    return tuple(f"arn:aws:securityhub:::ruleset/cis-aws-foundations-benchmark/v/1.2.0/rule/{each}" for each in numbers)


def cis_1_4(*numbers: str) -> tuple[str, ...]:
    """Return the GeneratorIds of the CIS AWS Foundations Benchmark 1.4.0."""
    return tuple(f"cis-aws-foundations-benchmark/v/1.4.0/{each}" for each in numbers)
