"""Remediations of macie resources."""
