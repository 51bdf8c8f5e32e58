"""The voice of the board: phrases, engines that speak them, levelled and kept as WAV files.

Nothing here knows tickets, pages or requests; see ``board/sounds.py`` for those.
"""
