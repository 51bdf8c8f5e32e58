"""The voice of boards and kiosks: engines that speak, levelled and joined sounds, a shelf of what was spoken before.

Nothing here knows tickets, steps, pages or requests; see ``board/sounds.py`` and ``kiosk/speech.py`` for those.
"""
