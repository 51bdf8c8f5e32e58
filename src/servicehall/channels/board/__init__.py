"""The display board: who is called to which counter, seen and heard across the hall."""
