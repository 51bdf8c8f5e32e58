"""The live program as an ASGI application, for Granian or any other ASGI server.

Pages and the API are not here: they are WSGI, see wsgi.py.
"""

from __future__ import annotations

import gc
import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "servicehall.settings")
gc.disable()  # what is being loaded now stays
django.setup()

from servicehall.channels.live.program import Program  # noqa: E402

gc.freeze()
gc.enable()

application = Program()
