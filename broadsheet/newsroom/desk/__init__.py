"""The back office at /desk/: what the newsroom adds to Wagtail's, and what it leaves out."""
