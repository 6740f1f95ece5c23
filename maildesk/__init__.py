"""maildesk: a complete IT helpdesk that lives wholly in mail."""

__version__ = "0.1.0"
