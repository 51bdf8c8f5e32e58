"""Services in operations: customers' services as definitions that are written, looked at and published.

listing     all of an organisation's, and a new one
overview    one of them: its versions, what is planned, what was done
text        writing the definition, with findings while one writes
publishing  what changes for customers, then publishing; going back, withdrawing, cancelling
comparing   two versions, or the draft beside one, line by line
upgrading   who is half-way through which version, taking them over, the end of a version, an experiment's figures
files       the definition as a file, out and in
"""
