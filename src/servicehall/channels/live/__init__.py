"""Live push: the event log as Server-Sent Events. It reads the log and never writes."""
