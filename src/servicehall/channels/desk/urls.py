"""The addresses of this channel: sign-out, the desk, the queue for supervisors, the rating tablet."""

from __future__ import annotations

from django.urls import path

from . import acts, asking, choosing, overview, rating, screen, signing

app_name = "desk"
urlpatterns = [
    path("sign-out", signing.sign_out, name="sign-out"),
    path("desk", choosing.start, name="start"),
    path("desk/halls", choosing.halls, name="halls"),
    path("desk/<uuid:counter_id>", screen.screen, name="screen"),
    path("desk/<uuid:counter_id>/in", choosing.sign_in_to, name="in"),
    path("desk/<uuid:counter_id>/now", screen.now, name="now"),
    path("desk/<uuid:counter_id>/queue", screen.queue, name="lists"),
    path("desk/<uuid:counter_id>/ask/<slug:what>", asking.ask, name="ask"),
    path("desk/<uuid:counter_id>/do/<slug:act>", acts.act, name="act"),
    path("desk/<slug:site>/counters", choosing.counters, name="counters"),
    path("desk/<slug:site>/queue", overview.overview, name="queue"),
    path("desk/<slug:site>/queue/lists", overview.lists_part, name="queue-lists"),
    path("desk/<slug:site>/queue/ask/<slug:what>", asking.ask_for_site, name="queue-ask"),
    path("desk/<slug:site>/queue/do/<slug:act>", acts.act_for_site, name="queue-act"),
    path("rate/<uuid:counter_id>", rating.page, name="rate"),
    path("rate/<uuid:counter_id>/now", rating.now, name="rate-now"),
    path("rate/<uuid:counter_id>/send", rating.send, name="rate-send"),
]
