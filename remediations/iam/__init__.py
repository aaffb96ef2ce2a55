"""Remediations of iam resources."""
