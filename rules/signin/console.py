"""The event pattern for "somebody signed in to the console" and "somebody failed to"."""

from chalicelib.model import Json


def login(user: Json, result: str, **details: Json) -> dict[str, Json]:
    """Return the pattern for a console sign-in of these users (`detail.userIdentity`) that was a Success or a Failure.

    `details` are what else the event's `detail` must say. Source: CloudTrail user guide, "AWS Management Console
    sign-in events"; both spellings of the detail-type are in use.
    """
    return {
        "source": ["aws.signin"],
        "detail-type": ["AWS Console Sign In via CloudTrail", "AWS Console Signin via CloudTrail"],
        "detail": {
            "eventName": ["ConsoleLogin"],
            "userIdentity": user,
            "responseElements": {"ConsoleLogin": [result]},
            **details,
        },
    }
