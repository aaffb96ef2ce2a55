"""Remediations of cloudtrail resources."""
