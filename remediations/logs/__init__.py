"""Remediations of logs resources."""
