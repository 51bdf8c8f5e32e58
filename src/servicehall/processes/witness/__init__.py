"""A witness: somebody else, elsewhere, who signs that a hall's log only ever grew.

It is a program of its own without Django or the hall's database, so that it can run on another machine in
other hands. It checks with the stand-alone verifier, not with the hall's own code.
"""
