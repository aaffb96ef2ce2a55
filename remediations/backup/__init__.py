"""Remediations of backup resources."""
