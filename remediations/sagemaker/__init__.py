"""Remediations of sagemaker resources."""
