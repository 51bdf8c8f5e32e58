"""A real log replayed against the running hall, over its API, on a virtual clock.

``call_log`` reads the file, ``visits`` makes of each line what happened to a customer, by stated
rules; ``as_it_happened`` and ``ours`` decide who is called when; ``hall_client`` speaks to the hall;
``comparison`` puts the hall's own records beside the log's; ``rehearsal`` sets the site up.
"""
