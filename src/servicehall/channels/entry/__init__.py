"""The way in for staff: sign-in, second factor, single sign-on, a person's own account. Acts are people's."""
