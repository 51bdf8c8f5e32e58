"""A day of a hall on a virtual clock, by the queue's own rules: from a plan to waits with their ranges.

``plan.py`` says what a plan is, ``reading.py`` reads one and finds what is wrong, ``history.py`` makes one from what
happened, ``hall.py`` lets a day pass, ``outcome.py`` measures it, ``repeating.py`` does so many times, ``ranges.py``
puts the days together and two plans side by side, ``theory.py`` and ``check.py`` hold the results against formulas.
"""
