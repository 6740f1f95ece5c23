"""The pure heart of the desk: values, rules and decisions. No library, no clock, no input or output."""
