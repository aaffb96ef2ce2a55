"""The ledger: one DynamoDB table that knows what was there before anything is touched.

Items (`pk`, `sk`), what is long being JSON text in `body`:
- `finding#H`, `head`: the incident that a finding belongs to, and the occasion of it that was answered.
- `resource#KEY`, `head`: the open incident on a resource, and the rules that people undid on it.
- `incident#ID`, `incident` | `finding#H` | `change#ID` | `notice#ID` | `approval#OF` | `decision#AT#H` | `seal#N`: all
  of one incident, read by one query.
- `digests`, DAY and `digest#DAY`, PART: what was sealed on a day (chalicelib/evidence).
- `budget`, HOUR and `storm#WHAT`, `head`: counters, which expire.
The index `lists` (`list`, `at`) holds the incidents of each month by when they were opened, what is due by when, what
was written since it was last sealed, and the seals of each day.

An attempt to answer a finding holds the heads of its resources (of the finding, where it has none), from before the
first change until the outcome is recorded, with what it is about to do in them. A hold that a crash left behind lapses,
and whoever comes next puts what it says into its incident. Each write of a head moves its version on and names the
version that was seen when the plan was made, so that nobody acts twice, or on a plan that is stale. Why every step is
one write of one item: docs/decisions/011-single-writes.md.
"""

from chalicelib.ledger.keys import HOLD_SECONDS, KEEP_SECONDS, OPEN_SECONDS
from chalicelib.ledger.protocol import Ledger
from chalicelib.ledger.shapes import Hold, Known, Record, Stored, Told

__all__ = ["HOLD_SECONDS", "KEEP_SECONDS", "OPEN_SECONDS", "Hold", "Known", "Ledger", "Record", "Stored", "Told"]
