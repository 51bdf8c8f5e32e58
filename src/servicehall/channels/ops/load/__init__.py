"""The load watch in operations.

page      now, what is open, what was, rules, plans
deciding  accept, dismiss, undo
rules     adding, changing, switching and trying rules
plans     adding, changing, scheduling, cancelling and ending plans
forms     the form of a rule
plan_forms  the form of a plan
told      its events in words
"""
