"""Remediations of redshift resources."""
