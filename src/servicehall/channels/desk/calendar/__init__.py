"""The staff's calendar of appointments: pages, what is asked, what is done."""
