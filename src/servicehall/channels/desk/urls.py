"""The addresses of this channel: sign-out, the desk, the queue for supervisors, the rating tablet."""

from __future__ import annotations

from django.urls import path, register_converter

from . import (
    acts,
    asking,
    choosing,
    customers,
    helping,
    identity,
    overview,
    rating,
    requests,
    screen,
    signing,
    tasks,
)
from .calendar import acts as calendar_acts
from .calendar import asking as calendar_asking
from .calendar import feeds, printing, showing
from .tablets import TabletConverter

register_converter(TabletConverter, "tablet")

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
    path("desk/<slug:site>/customers", customers.listed, name="customers"),
    path("desk/<slug:site>/customers/new", customers.added, name="customer-new"),
    path("desk/<slug:site>/customers/<uuid:customer_id>", customers.shown, name="customer"),
    path(
        "desk/<slug:site>/customers/<uuid:customer_id>/correct", customers.corrected, name="customer-correct"
    ),
    path(
        "desk/<slug:site>/customers/<uuid:customer_id>/identity",
        identity.identified,
        name="customer-identity",
    ),
    path(
        "desk/<slug:site>/customers/<uuid:customer_id>/restrict",
        customers.restricted,
        name="customer-restrict",
    ),
    path("desk/<slug:site>/customers/<uuid:customer_id>/card", identity.card_read, name="customer-card"),
    path("desk/<slug:site>/customers/<uuid:customer_id>/face", identity.face, name="customer-face"),
    path("desk/<slug:site>/customers/<uuid:customer_id>/unmask", customers.unmasked, name="customer-unmask"),
    path(
        "desk/<slug:site>/customers/<uuid:customer_id>/consent", customers.consented, name="customer-consent"
    ),
    path(
        "desk/<slug:site>/customers/<uuid:customer_id>/erasure",
        customers.erasure_asked,
        name="customer-erasure",
    ),
    path("desk/<slug:site>/calendar", showing.page, name="calendar"),
    path("desk/<slug:site>/calendar/part", showing.part, name="calendar-part"),
    path("desk/<slug:site>/calendar/feed", feeds.feed, name="calendar-feed"),
    path("desk/<slug:site>/calendar/ask/<slug:what>", calendar_asking.ask, name="calendar-ask"),
    path("desk/<slug:site>/calendar/do/<slug:act>", calendar_acts.act, name="calendar-act"),
    path("desk/<slug:site>/calendar/<slug:day>/print", printing.day_list, name="calendar-print"),
    path("desk/<slug:site>/queue", overview.overview, name="queue"),
    path("desk/<slug:site>/queue/lists", overview.lists_part, name="queue-lists"),
    path("desk/<slug:site>/queue/ask/<slug:what>", asking.ask_for_site, name="queue-ask"),
    path("desk/<slug:site>/queue/do/<slug:act>", acts.act_for_site, name="queue-act"),
    path("rate/<tablet:counter_id>", rating.page, name="rate"),
    path("rate/<tablet:counter_id>/now", rating.now, name="rate-now"),
    path("rate/<tablet:counter_id>/send", rating.send, name="rate-send"),
    path("desk/<slug:site>/requests", requests.start, name="requests"),
    path("desk/<slug:site>/requests/pick-up", requests.pick_up, name="request-pick-up"),
    path("desk/<slug:site>/requests/<uuid:request_id>", requests.shown, name="request"),
    path("desk/<slug:site>/requests/<uuid:request_id>/now", requests.now, name="request-now"),
    path(
        "desk/<slug:site>/requests/<uuid:request_id>/files/<uuid:file_id>", requests.file, name="request-file"
    ),
    path("desk/<slug:site>/requests/<uuid:request_id>/<slug:act>", helping.act, name="request-act"),
    path("desk/<slug:site>/tasks", tasks.listed, name="tasks"),
    path("desk/<slug:site>/tasks/<uuid:task_id>", tasks.shown, name="task"),
    path("desk/<slug:site>/tasks/<uuid:task_id>/<slug:act>", tasks.act, name="task-act"),
]
