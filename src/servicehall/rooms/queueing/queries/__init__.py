"""Reads of the queue for screens, the API and the rooms above. Never write."""

from .accuracy import Accuracy, AccuracyRow, Report, accuracy_rows, wait_accuracy, wait_models
from .board import board
from .desk import counter_of, counters, desk, queue, site_of_counter
from .figures import site_figures, sites_figures
from .past import Past, PastVisit, past
from .pressure import (
    CounterChoice,
    LineNow,
    Pressure,
    SetupChoices,
    StageChoice,
    WaitOfDay,
    Waits,
    issued_between,
    pressure,
    setup_choices,
    waits_called,
    waits_of_day,
)
from .programs import after_act, business_day, counter_id, site_of_ticket, ticket_page
from .readiness import Gap, gaps
from .records import Wanted, count_rows, day_tickets, ticket_rows, ticket_story, tickets_of_days
from .services import ServedVisit, hall, last_served, served_visit, service_slugs
from .telling import told, visits_of_number
from .tickets import (
    OwnTicket,
    TicketView,
    active_of,
    by_number,
    code_of,
    id_of_code,
    joined_with,
    proved_receipt,
    ticket,
    ticket_by_code,
    view,
)
from .trials import Happened, TooLittle, Trial, wait_trial
from .visits import Visit, customer_of_visit, visits_of
from .waits import Workforce, longest_wait, waiting_by_site, workforce
from .why import explain

__all__ = [
    "Accuracy",
    "AccuracyRow",
    "CounterChoice",
    "Gap",
    "Happened",
    "LineNow",
    "OwnTicket",
    "Past",
    "PastVisit",
    "Pressure",
    "Report",
    "ServedVisit",
    "SetupChoices",
    "StageChoice",
    "TicketView",
    "TooLittle",
    "Trial",
    "Visit",
    "WaitOfDay",
    "Waits",
    "Wanted",
    "Workforce",
    "accuracy_rows",
    "active_of",
    "after_act",
    "board",
    "business_day",
    "by_number",
    "code_of",
    "count_rows",
    "counter_id",
    "counter_of",
    "counters",
    "customer_of_visit",
    "day_tickets",
    "desk",
    "explain",
    "gaps",
    "hall",
    "id_of_code",
    "issued_between",
    "joined_with",
    "last_served",
    "longest_wait",
    "past",
    "pressure",
    "proved_receipt",
    "queue",
    "served_visit",
    "service_slugs",
    "setup_choices",
    "site_figures",
    "site_of_counter",
    "site_of_ticket",
    "sites_figures",
    "ticket",
    "ticket_by_code",
    "ticket_page",
    "ticket_rows",
    "ticket_story",
    "tickets_of_days",
    "told",
    "view",
    "visits_of",
    "visits_of_number",
    "wait_accuracy",
    "wait_models",
    "wait_trial",
    "waiting_by_site",
    "waits_called",
    "waits_of_day",
    "workforce",
]
