"""The engine: from an AWS security event to a contained resource and a notice."""
