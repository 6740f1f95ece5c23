"""Bytes to values and back: reading mail and writing letters. No network, no clock, no store."""
