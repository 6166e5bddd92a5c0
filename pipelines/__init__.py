"""Composition: the graph and the command line."""
