"""The whole desk on one machine with no mail account: real servers of its own on the loopback, and a story to watch."""
