"""The load watch in operations.

page      now, what is open, what was, rules, plans
deciding  accept, dismiss, undo
rules     adding, changing, switching and trying rules
plans     adding, scheduling, cancelling and ending plans
forms     the forms of rules and plans
told      its events in words
"""
