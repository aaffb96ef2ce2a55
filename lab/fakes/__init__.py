"""Fakes: the AWS calls and parameters that moto lacks, one file per service; what moto knows it answers as before."""
