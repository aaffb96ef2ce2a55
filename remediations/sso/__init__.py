"""Remediations of sso resources."""
