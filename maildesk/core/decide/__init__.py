"""`decide`: what the desk does about an event. Pure: tickets and facts in, Decisions out."""
