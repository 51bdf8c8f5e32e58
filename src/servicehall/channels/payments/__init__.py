"""Where providers of payments tell that something was paid. Their signature is the only credential."""
