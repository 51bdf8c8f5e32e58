"""Ways of paying: one small interface, one file or two each."""
