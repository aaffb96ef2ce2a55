"""The checks of AWS Config and Security Hub that are answered, as tables: one row is one answer to both sources.

What is not here is left where it was found: a failed check of hygiene wakes nobody, and no remediation fits it.
"""

from rules.checks.check import Check
from rules.checks.detection import DETECTION_CHECKS
from rules.checks.identity import IDENTITY_CHECKS
from rules.checks.keeping import KEEPING_CHECKS
from rules.checks.network import NETWORK_CHECKS
from rules.checks.public import PUBLIC_CHECKS
from rules.checks.shared import SHARED_CHECKS

CHECKS: tuple[Check, ...] = (
    *PUBLIC_CHECKS,
    *SHARED_CHECKS,
    *NETWORK_CHECKS,
    *IDENTITY_CHECKS,
    *DETECTION_CHECKS,
    *KEEPING_CHECKS,
)
