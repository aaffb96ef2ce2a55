"""Evidence: each incident's records are sealed in a chain of hashes, and each day's seals in one digest.

    from chalicelib.evidence import chain

    found = chain(ledger, "inc-0123456789ab")  # Chain: .seals, .faults, .waiting, .verifies

What is sealed when, what a digest is, and what neither can prove: docs/decisions/017-evidence.md.
"""

from chalicelib.evidence.chains import Chain, Fault, chain, chain_of
from chalicelib.evidence.seals import Seal, seals_of

__all__ = ["Chain", "Fault", "Seal", "chain", "chain_of", "seals_of"]
