"""Destinations, one a file, and the table that names them (:mod:`sinks.registry`)."""
