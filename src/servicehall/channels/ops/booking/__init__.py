"""Setting up what can be booked, for people who do not program: pages of operations."""
