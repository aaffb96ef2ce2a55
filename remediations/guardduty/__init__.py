"""Remediations of guardduty resources."""
