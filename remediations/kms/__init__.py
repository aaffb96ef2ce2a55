"""Remediations of kms resources."""
