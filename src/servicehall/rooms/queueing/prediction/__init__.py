"""How long until the call, learned from the hall's own history: what is known, formulas, a trained model, calibration.

``watch`` sees the queue go by and says what is known at a moment; ``formulas`` are what others use and what a hall
begins with; ``model`` is trained on what was seen; ``calibration`` moves the ends of the range until as many fall into
it as was promised; ``trial`` tells on a log how good all of them are. Pure: no clock, no database.
"""
