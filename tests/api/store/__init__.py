"""Tests of the service's store."""
