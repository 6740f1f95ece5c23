"""Digests and reports: what the desk tells people of its own accord, once per period."""
