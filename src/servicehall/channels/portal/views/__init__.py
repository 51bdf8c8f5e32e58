"""The pages: halls.py (choose a hall), door.py (services, taking a ticket, poster), ticket.py (follow it, rate it)."""
