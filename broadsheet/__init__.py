"""Broadsheet: the online edition of a newspaper with its whole reader side."""

__version__ = "0.1.0"
