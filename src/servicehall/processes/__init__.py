"""The programs that make up a running hall: who starts, watches and stops whom.

`supervisor` is the parent of the three roles `web`, `live` and `worker`; `preparation` readies data
folder, database and static files before. What these programs do for customers is not here.
"""
