"""Remediations of s3 resources."""
