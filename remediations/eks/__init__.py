"""Remediations of eks resources."""
