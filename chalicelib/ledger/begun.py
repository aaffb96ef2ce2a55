"""What an attempt is about to do, as the heads that it holds keep it."""

from __future__ import annotations

import json
from dataclasses import replace

from chalicelib.ledger.shapes import Record
from chalicelib.records import change_of, change_text, finding_of, finding_text


def begun_text(record: Record) -> str:
    """Return the record as JSON text, without the event: who takes over is sent that again."""
    return json.dumps(
        {
            "incident": record.incident,
            "finding": finding_text(replace(record.newest or record.finding, event={})),
            "rules": list(record.rules),
            "changes": [change_text(change) for change in record.changes],
        }
    )


def begun_of(text: str) -> Record:
    """Return the record of its text."""
    told = json.loads(text)
    changes = [change_of(change) for change in told["changes"]]
    return Record(told["incident"], finding_of(told["finding"]), told["rules"], changes)
