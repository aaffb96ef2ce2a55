"""Remediations of rds resources."""
