"""One JSON format for file, command line and HTTP; importers beside it."""
