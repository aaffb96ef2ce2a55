"""Where moto's S3 and Config differ from AWS in what remediations rely on: replication rules, a bucket's past."""

from __future__ import annotations

import json
from typing import Any

import xmltodict  # type: ignore[import-untyped]
from moto.config.models import ConfigBackend, config_backends
from moto.s3.models import s3_backends
from moto.s3.responses import S3Response
from moto.utilities.utils import get_partition

from chalicelib.model import Resource

# Typed as Any: what they hold is replaced.
Responses: Any = S3Response
Config: Any = ConfigBackend

_moto_get_replication = Responses.get_bucket_replication
_moto_put = Responses._bucket_response_put
_moto_history = Config.get_resource_config_history


def apply() -> None:
    """Make this process's moto answer as AWS does; once more does no harm."""
    Responses.get_bucket_replication = _get_replication
    Responses._bucket_response_put = _put
    Config.get_resource_config_history = _history


def take_back() -> None:
    """Make this process's moto answer as it does by itself."""
    Responses.get_bucket_replication = _moto_get_replication
    Responses._bucket_response_put = _moto_put
    Config.get_resource_config_history = _moto_history


def record(bucket: Resource) -> None:
    """Have Config record the bucket as it is now; moto's Config only ever knows the present."""
    backend = config_backends[bucket.account][bucket.region]
    _recorded(backend).setdefault(bucket.id, []).append(_item(backend, bucket.id))


def _get_replication(response: Any) -> Any:
    """A rule comes back as it was put; moto leaves out its filter and more."""
    kept = response.backend.get_bucket_replication(response.bucket_name)
    return (200, {}, xmltodict.unparse({"ReplicationConfiguration": kept})) if kept else _moto_get_replication(response)


def _put(response: Any, request: Any, bucket_name: str, querystring: Any) -> Any:
    """In the lab a bucket may replicate without versioning, so that one bucket has both faults; AWS refuses that."""
    if "replication" not in querystring:
        return _moto_put(response, request, bucket_name, querystring)
    bucket = response.backend.get_bucket(bucket_name)
    kept, bucket.versioning_status = bucket.versioning_status, "Enabled"
    try:
        return _moto_put(response, request, bucket_name, querystring)
    finally:
        bucket.versioning_status = kept


def _history(backend: Any, resource_type: str, resource_id: str, backend_region: str) -> Any:
    """A recorded bucket has a past, newest first, and moto fails at one with public grants."""
    past = _recorded(backend).get(resource_id) if resource_type == "AWS::S3::Bucket" else None
    if past is None:
        return _moto_history(backend, resource_type, resource_id, backend_region)
    return {"configurationItems": [_item(backend, resource_id), *reversed(past)]}


def _item(backend: Any, name: str) -> dict[str, Any]:
    """Return the configuration item of a bucket as it is now, with its logging alone."""
    logging = s3_backends[backend.account_id][get_partition(backend.region_name)].get_bucket_logging(name)
    said = {"destinationBucketName": logging.get("TargetBucket"), "logFilePrefix": logging.get("TargetPrefix")}
    return {
        "accountId": backend.account_id,
        "configurationItemStatus": "OK",
        "resourceType": "AWS::S3::Bucket",
        "resourceId": name,
        "supplementaryConfiguration": {"BucketLoggingConfiguration": json.dumps(said)},
    }


def _recorded(backend: Any) -> dict[str, list[Any]]:
    """Return what was recorded by bucket; it is kept with the backend, and is forgotten with it."""
    kept: dict[str, list[Any]] = vars(backend).setdefault("recorded", {})
    return kept
