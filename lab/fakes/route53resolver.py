"""Fakes Route 53 Resolver's DisassociateResolverQueryLogConfig."""

from __future__ import annotations

import json
from typing import Any

from moto.route53resolver.exceptions import ResourceNotFoundException
from moto.route53resolver.responses import Route53ResolverResponse

Responses: Any = Route53ResolverResponse


def apply() -> None:
    """Add the call to this process's moto; once more does no harm."""
    Responses.disassociate_resolver_query_log_config = _disassociate


def _disassociate(response: Any) -> str:
    config, vpc = response._get_param("ResolverQueryLogConfigId"), response._get_param("ResourceId")
    backend = response.route53resolver_backend
    kept = backend.resolver_query_log_config_associations
    named = [each for each in kept.values() if (each.resolver_query_log_config_id, each.resource_id) == (config, vpc)]
    if not named:
        raise ResourceNotFoundException(f"Resolver query log config '{config}' is not associated with VPC '{vpc}'")
    backend.resolver_query_log_configs[config].association_count -= 1
    del kept[named[0].id]
    return json.dumps({"ResolverQueryLogConfigAssociation": {**named[0].description(), "Status": "DELETING"}})
