"""Tests of planning in the background."""
