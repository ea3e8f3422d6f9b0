"""Proving that a crawler is who it says it is."""
