"""Backups: one sealed file of all that a hall needs to go on elsewhere, and the way back.

Decision 13 says what is in it, what is not, and why.

keys       the keys that seal backups, outside of database and backup
sealing    a stream in chunks, encrypted and authenticated
parts      named parts in that stream, and the list of them
database   rows out of a running database, and into an empty one
taking     making a backup
expiring   removing old ones
restoring  opening one, looking at all of it, and only then putting it in place
finishing  what a restored database needs before its hall opens: newer tables, erasures again, the evidence
"""
