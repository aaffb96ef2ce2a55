"""Where the copies of digests are put: a bucket of the log archive, in which nothing can be changed or deleted."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.accounts import describe
from chalicelib.dataclass import dataclass
from chalicelib.errors import CountermeasureError

_THERE = {"PreconditionFailed", "412"}


@dataclass(frozen=True, slots=True)
class Place:
    """A prefix in a bucket."""

    bucket: str
    prefix: str

    def key(self, day: str) -> str:
        """Return the key of a day's digest: `PREFIX/2026/11/21.json`."""
        return f"{self.prefix}/{day.replace('-', '/')}.json"


def place(text: str) -> Place:
    """Return the place that `s3://bucket/prefix` names."""
    bucket, _, prefix = text.removeprefix("s3://").partition("/")
    return Place(bucket, prefix)


def put(s3: Any, to: Place, day: str, text: str) -> None:
    """Put a day's digest where there is none yet: what is there stays as it is. Raises CountermeasureError.

    A bucket with Object Lock takes nothing without a checksum (S3 user guide, "Object Lock considerations").
    """
    asked = {"Bucket": to.bucket, "Key": to.key(day), "Body": text.encode(), "ContentType": "application/json"}
    try:
        s3.put_object(**asked, IfNoneMatch="*", ChecksumAlgorithm="SHA256")
    except (BotoCoreError, ClientError) as error:
        if isinstance(error, ClientError) and error.response["Error"]["Code"] in _THERE:
            return
        raise CountermeasureError(
            f"the digest of {day} could not be put to s3://{to.bucket}/{to.key(day)}: {describe(error)}. Check that the"
            " template of `countermeasure templates evidence` is deployed in the log archive; it is put again tomorrow"
        ) from error
