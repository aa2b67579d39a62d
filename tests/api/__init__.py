"""Tests of the service's floor."""
