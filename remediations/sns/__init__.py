"""Remediations of sns resources."""
