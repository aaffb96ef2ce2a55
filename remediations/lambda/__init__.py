"""Remediations of lambda resources."""
