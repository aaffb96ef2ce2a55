"""Remediations of ssm resources."""
