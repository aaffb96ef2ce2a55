"""Remediations of securityhub resources."""
