"""Where providers of text messages tell what became of a message. They sign, or know a secret address."""
