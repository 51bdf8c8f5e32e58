"""Every column that can hold a text is protected, or somebody said why it never needs to be.

A new column fails here until it is classified: choose a protected field, or write the reason.
"""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import models

from servicehall.kernel.protection.blind_index import BlindIndex
from servicehall.kernel.protection.fields import ProtectedText

pytestmark = pytest.mark.one_database

TEXTS = (models.CharField, models.TextField, models.JSONField, models.BinaryField, models.FileField)
THEIRS = {"admin", "auth", "contenttypes", "sessions", "messages"}

WORD = "a word of the program's own list"
NAMED = "a name or text that staff give to a place, service or thing"
STAFF = "about staff, who have accounts of their own; not about customers"
IDS = "ids, numbers and words of the program's own lists; test_needle proves it"
EMPTIED = "free text that may name a customer: emptied when they are erased, and by age (retention)"
RANDOM = "random"
KEY = "a public key or the public name of one"
DIGEST = "a digest; what it was made of cannot be read from it"

NEVER_PERSONAL: dict[str, dict[str, str]] = {
    "kernel.Event": {"kind": WORD, "actor_kind": WORD, "channel": WORD, "data": IDS},
    "kernel.Cursor": {"follower": WORD},
    "kernel.Timer": {"kind": WORD, "key": IDS, "data": IDS},
    "kernel.KeptAnswer": {
        "scope": IDS,
        "key": "chosen by the caller, random",
        "fingerprint": DIGEST,
        "body": "an answer about a ticket, without names; gone after 48 hours",
    },
    "kernel.Effect": {
        "kind": WORD, "key": IDS, "digest": DIGEST, "state": WORD,
        "request": "the fields that the kind's own list allows", "result": "the fields that the kind's own list allows",
    },
    "kernel.DataKey": {"use": WORD, "wrapped": "a key under a root key"},
    "kernel.KeyChange": {"kind": WORD},
    "kernel.RetentionRule": {"kind": WORD},
    "hall.Organisation": {"slug": NAMED, "names": NAMED, "second_factor": WORD},
    "hall.Region": {"slug": NAMED, "names": NAMED},
    "hall.Site": {"slug": NAMED, "names": NAMED, "address": NAMED, "timezone": WORD},
    "hall.Floor": {"names": NAMED},
    "hall.Zone": {"slug": NAMED, "kind": WORD, "names": NAMED},
    "hall.SpecialDay": {"names": NAMED},
    "people.Skill": {"slug": NAMED, "names": NAMED},
    "people.Staff": {"password": STAFF, "username": STAFF, "names": STAFF, "language": STAFF, "email": STAFF},
    "people.FailedTry": {"key": DIGEST, "mark": DIGEST, "account": STAFF},
    "people.Lock": {"key": DIGEST, "scope": WORD, "account": STAFF},
    "people.StepUp": {"act": WORD, "nonce": RANDOM, "challenge": DIGEST, "session": DIGEST},
    "trust.TreeHead": {"root": DIGEST},
    "trust.Leaf": {"salt": RANDOM, "entry": IDS, "kind": WORD},
    "trust.Tile": {"hashes": DIGEST},
    "trust.Checkpoint": {"note": DIGEST, "verifier_key": KEY, "root": DIGEST},
    "trust.Cosignature": {"line": DIGEST, "witness": KEY},
    "trust.WitnessAnswer": {"witness": KEY},
    "account.EmailAddress": {"email": STAFF},
    "account.EmailConfirmation": {"key": RANDOM},
    "mfa.Authenticator": {"type": WORD, "data": "staff's second factor; its secret is encrypted"},
    "usersessions.UserSession": {"session_key": RANDOM, "data": STAFF, "user_agent": STAFF},
    "socialaccount.SocialApp": {
        "provider": WORD, "provider_id": WORD, "name": NAMED, "client_id": KEY, "secret": "unused: providers are settings",
        "key": "unused", "settings": "unused",
    },
    "socialaccount.SocialAccount": {"provider": WORD, "uid": STAFF, "extra_data": STAFF},
    "socialaccount.SocialToken": {"token": "unused: no token is kept", "token_secret": "unused"},
    "people.RoleGrant": {"role": WORD},
    "people.ApiToken": {"name": NAMED, "digest": DIGEST, "role": WORD},
    "customers.Customer": {"level": WORD, "document": WORD, "language": WORD, "channel": WORD},
    "customers.ContactCode": {"address_digest": DIGEST, "client_digest": DIGEST, "code_digest": DIGEST},
    "customers.Passkey": {"id_digest": DIGEST, "credential": KEY},
    "customers.SpentChallenge": {"digest": DIGEST},
    "customers.Joining": {"filled": "names of columns", "moved": IDS},
    "customers.Form": {"step": WORD},
    "customers.FormVersion": {"questions": NAMED},
    "customers.Answer": {"question": "the key of a question; the answer itself is protected"},
    "customers.FaceTemplate": {"verifier": "name and version of a program"},
    "customers.Purpose": {"slug": NAMED, "basis": WORD, "uses": "names of columns"},
    "customers.PurposeVersion": {"titles": NAMED, "texts": NAMED},
    "customers.Consent": {"channel": WORD, "language": WORD, "uses": WORD, "withdrawn_channel": WORD},
    "customers.CorrectionRequest": {"field": WORD, "state": WORD, "channel": WORD, "reason": WORD},
    "customers.ErasureRequest": {"state": WORD, "channel": WORD, "reason": WORD},
    "alerts.Alert": {"key": IDS, "about": WORD, "level": WORD},
    "connectors.Connector": {
        "slug": NAMED,
        "names": NAMED,
        "kind": WORD,
        "address": "where another system is, without a password: addresses.py and fitting.py refuse one",
        "allowed_hosts": "hosts of other systems",
        "definition": "the other system's own description; technical",
        "secret_use": WORD,
        "secret_name": "the name of a secret, which is kept elsewhere",
    },
    "connectors.Call": {
        "operation": "a name of the other system's description",
        "outcome": WORD,
        "fault": WORD,
    },
    "webhooks.Endpoint": {"name": NAMED, "kinds": WORD, "disabled_reason": WORD},
    "webhooks.Delivery": {"kind": WORD, "state": WORD, "problem": WORD},
    "webhooks.TakenIn": {"sender": WORD, "message_id": "made by the sender, random; gone after fifteen minutes"},
    "outgoing.Message": {
        "kind": WORD, "transport": WORD, "state": WORD, "number": "the provider's own of it", "detail": WORD,
        "template": WORD,
    },
    "outgoing.Refusal": {"kind": WORD},
    "outgoing.TextsOfDay": {"number": DIGEST},
    "payments.Account": {
        "provider": WORD, "app_id": KEY, "merchant": NAMED, "serial": KEY, "platform_serial": KEY, "keys": NAMED,
    },
    "payments.Intent": {
        "provider": WORD, "reference_kind": WORD, "currency": WORD, "description": NAMED, "state": WORD,
        "qr": "the provider's own of the order", "transaction_id": "the provider's own of it",
    },
    "payments.IntentEvent": {
        "kind": WORD, "source": WORD, "transaction_id": "the provider's own of it",
        "notification": "the provider's own of it", "detail": WORD,
    },
    "payments.Refund": {
        "key": IDS, "reason": WORD, "transaction_id": "the provider's own of it", "state": WORD, "detail": WORD,
    },
    "payments.Reconciliation": {"differences": IDS},
    "booking.Resource": {"slug": NAMED, "kind": WORD, "names": NAMED},
    "booking.WeeklyHours": {"audience": WORD},
    "booking.DayHours": {"kind": WORD, "audience": WORD, "reason": NAMED},
    "booking.Offer": {
        "slug": NAMED, "names": NAMED, "hint": NAMED, "icon": WORD, "merge": WORD, "priority": WORD,
        "reminders": "minutes",
    },
    "booking.BookingRules": {"reminders": "minutes"},
    "booking.WaitingEntry": {"code": RANDOM, "state": WORD, "language": WORD, "channel": WORD},
    "booking.Notice": {"cause": WORD, "medium": WORD, "outcome": WORD},
    "booking.CalendarFeed": {"digest": DIGEST},
    "booking.OutsideCalendar": {
        "kind": WORD,
        "address": "where a calendar of staff's is",
        "user": STAFF,
        "secret_name": "the name of a secret, which is kept elsewhere",
        "finding": WORD,
        "entry": "the id that another system gave to an entry of a calendar of staff's",
        "etag": "another system's word for a state of a file",
    },
    "booking.Appointment": {
        "code": RANDOM, "reference": RANDOM, "state": WORD, "language": WORD, "channel": WORD,
        "reason": EMPTIED,
    },
    "booking.CapacityDay": {"taken": "which minutes are taken, as a number"},
    "simulation.DayPlan": {
        "name": NAMED, "document": NAMED, "state": WORD, "figures": "numbers by the plan's own names",
    },
    "services.Flow": {"slug": NAMED, "names": NAMED, "draft": NAMED, "replaced": NAMED},
    "services.SavedRun": {"name": NAMED, "script": "made-up answers of a test run, written by staff", "ends": NAMED},
    "services.Version": {"digest": DIGEST, "text": NAMED},
    "services.Instance": {
        "code_hash": DIGEST, "state": WORD, "outcome": WORD, "channel": WORD, "step": NAMED, "number": RANDOM,
        "given": "language, day, site, level of identity; words of the program's own lists",
    },
    "services.Move": {
        "way": WORD, "state": WORD, "device": NAMED, "token_hash": DIGEST, "from_hash": DIGEST, "claim_hash": DIGEST,
        "number": "two digits, random, of no use after ten minutes", "numbers": "such numbers",
    },
    "services.Upload": {"step": NAMED, "field": NAMED, "media_type": WORD},
    "services.Task": {"kind": WORD, "step": NAMED, "group": NAMED, "number": IDS},
    "queueing.Series": {"prefix": NAMED},
    "queueing.PriorityClass": {"key": NAMED, "names": NAMED, "rule": NAMED},
    "queueing.QueueRules": {"discipline": WORD, "announce_languages": WORD},
    "queueing.Service": {"slug": NAMED, "names": NAMED, "hint": NAMED, "icon": WORD},
    "queueing.Stage": {"names": NAMED},
    "queueing.Counter": {"label": NAMED, "names": NAMED},
    "queueing.CounterStatus": {
        "state": WORD, "pause_reason": STAFF, "undo_kind": WORD, "undo_before": "a ticket's columns, minutes long",
    },
    "queueing.Ticket": {
        "code": "random", "number": IDS, "state": WORD, "channel": WORD, "language": WORD,
        "note": EMPTIED, "reason": EMPTIED, "outcome": WORD,
    },
    "diversion.LoadRule": {
        "names": NAMED, "measure": WORD, "action": WORD, "mode": WORD, "flow": NAMED, "notice": NAMED,
    },
    "diversion.Episode": {
        "state": WORD, "did": IDS, "before": "counts and seconds", "meanwhile": "counts and seconds",
        "afterwards": "counts and seconds",
    },
    "diversion.Plan": {"names": NAMED, "state": WORD, "did": IDS},
    "diversion.PlanPoint": {"label": NAMED},
    "queueing.WaitModel": {"state": WORD, "kinds": IDS, "text": "trees of numbers, learned from thousands of waits"},
    "feedback.Rating": {"reasons": WORD, "comment": EMPTIED, "channel": WORD, "flow": NAMED},
    "board.Screen": {"layout": WORD, "wording": WORD, "languages": WORD},
    "board.Medium": {"kind": WORD, "names": NAMED, "body": NAMED, "file": NAMED},
}  # fmt: skip


def texts() -> dict[str, set[str]]:
    """The columns of our tables that can hold a text and are not protected."""
    found: dict[str, set[str]] = {}
    for model in apps.get_models(include_auto_created=True):
        if model._meta.app_label in THEIRS:
            continue
        names = {
            field.name
            for field in model._meta.concrete_fields
            if isinstance(field, TEXTS) and not isinstance(field, (ProtectedText, BlindIndex))
        }
        if names:
            found[model._meta.label] = names
    return found


def test_every_text_is_protected_or_never_personal_for_a_reason() -> None:
    assert texts() == {model: set(columns) for model, columns in NEVER_PERSONAL.items()}


def test_what_is_personal_of_a_customer_is_protected() -> None:
    protected = {
        field.name
        for field in apps.get_model("customers", "Customer")._meta.concrete_fields
        if isinstance(field, ProtectedText)
    }
    assert {"name", "phone", "email", "id_number", "address", "notes"} <= protected
