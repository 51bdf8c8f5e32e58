"""Identity documents: their numbers, what a card's chip says, and readers of cards."""
