"""A payment provider on this machine, speaking the protocols of two real ones as strictly as they do; for trials only."""
