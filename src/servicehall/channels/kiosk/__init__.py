"""The kiosk at the door: choose a service, take a ticket. The queue's rules are in rooms/queueing."""
