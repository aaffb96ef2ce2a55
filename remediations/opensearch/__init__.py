"""Remediations of opensearch resources."""
