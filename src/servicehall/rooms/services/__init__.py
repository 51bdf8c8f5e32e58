"""What customers can do by themselves: definitions of services, and people half-way through them."""
