"""A text message service for trying things out: the rules of the real ones, without a bill. It knows no room."""
