"""What AWS Config and Security Hub check alike: under which names each tells of it, and what answers it."""

from chalicelib.dataclass import dataclass
from chalicelib.model import Mode, Remediation, Severity
from rules.controls import Controls

ACCOUNT = "AWS::Account"
"""What is checked of the account itself: both sources say whose it is, whatever type they give to it."""


@dataclass(frozen=True, slots=True)
class Check:
    """One answer to failed checks, whoever made them. It becomes the rules `config.NAME` and `securityhub.NAME`.

    `types` are the resource types that it judges. `config` are managed rules, as AWS Config names them
    (`restricted-ssh`); `controls` are Security Hub's ids, those of older standards too (`EC2.13`, `PCI.EC2.5`);
    `cis_1_2` and `cis_1_4` are numbers of the CIS benchmarks that have no such ids. Without `respond`, people are told.
    """

    name: str
    title: str
    severity: Severity
    types: tuple[str, ...]
    attack: tuple[str, ...]
    frameworks: Controls
    look_at: str
    config: tuple[str, ...] = ()
    controls: tuple[str, ...] = ()
    cis_1_2: tuple[str, ...] = ()
    cis_1_4: tuple[str, ...] = ()
    respond: tuple[Remediation, ...] = ()
    mode: Mode = Mode.APPROVE

    @property
    def of_account(self) -> bool:
        return self.types == (ACCOUNT,)

    @property
    def acts_on_account(self) -> bool:
        return any(remediation.resource_type == ACCOUNT for remediation in self.respond)
