"""Tests mirror the packages; scenarios, properties and regression stand beside."""
