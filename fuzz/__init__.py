"""Readers of foreign bytes, each alone before a fuzzer: `make fuzz`."""
