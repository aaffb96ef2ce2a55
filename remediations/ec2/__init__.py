"""Remediations of ec2 resources."""
