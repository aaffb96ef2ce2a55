"""Do a click once, although its signature proves the request again for five minutes."""

from __future__ import annotations

import hashlib
from datetime import datetime

from chalicelib.slackapp.clicks import Click
from chalicelib.table import Key, Table, Write

KEEP_SECONDS = 24 * 3600
"""How long a click is remembered: far longer than Slack's signature counts."""

PREFIX = "click#"


def claim(table: Table, click: Click, now: datetime) -> None:
    """Remember the click. Raises Busy where it was here before, or is here twice at this moment."""
    seconds = int(now.timestamp())
    table.write(
        [
            Write(
                _key(click),
                {"expires_at": seconds + KEEP_SECONDS},
                when="attribute_not_exists(pk) OR expires_at < :now",
                values={"now": seconds},
            )
        ]
    )


def release(table: Table, click: Click) -> None:
    """Forget the click, as nothing came of it: whoever clicks again is heard."""
    table.write([Write(_key(click), {"expires_at": 0})])


def _key(click: Click) -> Key:
    return f"{PREFIX}{hashlib.sha256(click.once.encode()).hexdigest()}", "head"
