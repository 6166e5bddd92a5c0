"""Thin Beam shells over the kernel, one verb a file."""

from transforms.coders import register

register()
