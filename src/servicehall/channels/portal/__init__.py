"""The customer's phone (and any browser): choose a hall, take a ticket, follow it, rate the visit."""
