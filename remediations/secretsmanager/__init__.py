"""Remediations of secretsmanager resources."""
