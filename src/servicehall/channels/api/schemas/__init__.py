"""The API's own contract: what is sent and what is answered. Rooms may show more; this is what holds."""
