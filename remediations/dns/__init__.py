"""Remediations of dns resources."""
