"""Remediations of config resources."""
