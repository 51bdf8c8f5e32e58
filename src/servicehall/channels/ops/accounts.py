"""What was done with accounts and with customers' data, in words; of whom, but never what it held."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from servicehall.kernel.languages import say

Words = tuple[Promise, str, str]
"""What to call it, the tone, the icon."""

ACCESS: dict[str, Words] = {
    "staff.locked": (_("Account locked after failed tries"), "bad", "shield-alert"),
    "staff.unlocked": (_("Account unlocked"), "good", "key-round"),
    "address.locked": (_("Network addresses locked after failed tries"), "bad", "shield-alert"),
    "alert.raised": (_("Alert raised"), "bad", "shield-alert"),
    "alert.acknowledged": (_("Alert taken in hand"), "good", "shield-check"),
    "token.tampered": (_("Signed address or cookie was changed"), "bad", "shield-alert"),
    "factor.added": (_("Second factor added"), "good", "key-round"),
    "factor.removed": (_("Second factor removed"), "warn", "ban"),
    "identity.linked": (_("Single sign-on connected"), "neutral", "key-round"),
    "identity.unlinked": (_("Single sign-on disconnected"), "warn", "unlink"),
    "session.revoked": (_("Sessions ended"), "neutral", "log-out"),
    "step-up.confirmed": (_("Sensitive act confirmed"), "good", "shield-check"),
    "step-up.refused": (_("Confirmation refused"), "bad", "shield-alert"),
    "export.released": (_("File of single visits handed out"), "warn", "download"),
    "mailbox.opened": (_("Mailbox read"), "neutral", "mail"),
}
WEBHOOKS: dict[str, Words] = {
    "webhook.added": (_("Webhook added"), "warn", "send"),
    "webhook.changed": (_("Webhook changed"), "warn", "send"),
    "webhook.secret-changed": (_("Secret of a webhook changed"), "warn", "key-round"),
    "webhook.removed": (_("Webhook removed"), "neutral", "ban"),
    "webhook.tested": (_("Test message asked for"), "neutral", "send"),
    "webhook.repeated": (_("Messages sent again"), "neutral", "send"),
    "webhook.disabled": (_("Webhook switched off"), "bad", "ban"),
    "webhook.enabled": (_("Webhook switched on"), "good", "send"),
    "webhook.refused": (_("Message from outside refused"), "bad", "shield-alert"),
}
MONEY: dict[str, Words] = {
    "payment.opened": (_("Payment opened"), "neutral", "banknote"),
    "payment.offered": (_("Payment’s QR code shown"), "held", "qr-code"),
    "payment.paid": (_("Paid"), "good", "banknote-check"),
    "payment.closed": (_("Payment closed"), "neutral", "ban"),
    "payment.failed": (_("Provider did not take the payment"), "bad", "banknote-x"),
    "payment.unclear": (_("Not known whether the provider has it"), "warn", "circle-help"),
    "payment.surplus": (_("Money came in when nothing was to be paid"), "bad", "banknote-arrow-up"),
    "payment.notification-refused": (_("Notification of a payment refused"), "bad", "shield-alert"),
    "refund.begun": (_("Refund begun"), "warn", "banknote-arrow-down"),
    "refund.ended": (_("Refund ended"), "neutral", "banknote-arrow-down"),
    "payments.reconciled": (_("Day compared with the statement"), "neutral", "scale"),
    "effect.settled": (_("Act at another system ended"), "neutral", "circle"),
    "effect.needs-person": (_("Somebody has to find out about an act"), "bad", "shield-alert"),
}
CONNECTORS: dict[str, Words] = {
    "connector.added": (_("Connector to another system added"), "warn", "link-2"),
    "connector.changed": (_("Connector to another system changed"), "warn", "link-2"),
    "connector.removed": (_("Connector to another system removed"), "neutral", "ban"),
    "connector.tried": (_("Connector to another system tried out"), "neutral", "link-2"),
}
WAITS: dict[str, Words] = {
    "waits.learned": (_("Waiting times learned from the hall’s past"), "neutral", "clock"),
    "waits.drifted": (
        _("What was learned of waiting times fits no longer: back to the formula"),
        "warn",
        "clock",
    ),
    "waits.chosen": (_("Earlier model of waiting times taken up again"), "warn", "clock"),
}
PLANS: dict[str, Words] = {
    "day-plan.added": (_("Plan of a day made"), "neutral", "wand-sparkles"),
    "day-plan.used": (_("Plan of a day became a plan for special days"), "neutral", "calendar-plus"),
    "day-plan.changed": (_("Plan of a day changed"), "neutral", "wand-sparkles"),
    "day-plan.removed": (_("Plan of a day deleted"), "neutral", "ban"),
    "day-plan.asked": (_("Plan of a day to be tried out"), "neutral", "circle-play"),
    "day-plan.stopped": (_("Trying out a plan stopped"), "neutral", "ban"),
    "day-plan.tried": (_("Plan of a day tried out"), "neutral", "chart-column"),
}
FLOWS: dict[str, Words] = {
    "flow.drafted": (_("Draft of a service saved"), "neutral", "file-pen"),
    "flow.published": (_("Service published"), "warn", "send"),
    "flow.upgrading": (_("Running requests taken to another version"), "warn", "arrow-up-down"),
    "flow.retires": (_("Last day of a version set"), "warn", "calendar-x"),
    "request.upgraded": (_("Request goes on by another version"), "neutral", "arrow-up-down"),
    "flow.withdrawn": (_("Service withdrawn"), "warn", "ban"),
    "flow.publication-cancelled": (_("Planned publication of a service cancelled"), "neutral", "ban"),
    "flow.run-saved": (_("Test run of a service kept"), "neutral", "list-checks"),
    "flow.run-dropped": (_("Test run of a service removed"), "neutral", "list-checks"),
    "request.begun": (_("Service begun by a customer"), "neutral", "circle"),
    "request.answered": (_("Step answered"), "neutral", "circle"),
    "request.file-added": (_("File sent with an answer"), "neutral", "paperclip"),
    "request.rated": (_("Service rated by its customer"), "good", "star"),
    "request.went-back": (_("Earlier answer changed"), "neutral", "undo-2"),
    "request.done-step": (_("Step done by the hall"), "neutral", "circle"),
    "request.needs-person": (_("A person has to look at a request"), "warn", "users-round"),
    "request.wished": (_("Payment asked for or stopped by a customer"), "neutral", "circle"),
    "request.ended": (_("Service ended"), "good", "circle-check"),
    "request.left": (_("Service given up"), "neutral", "ban"),
    "request.paying": (_("Payment at a step begun or stopped"), "neutral", "circle"),
    "request.asked-person": (_("Customer asked for a person"), "warn", "users-round"),
    "move.offered": (_("Code shown to go on at another device"), "neutral", "circle"),
    "move.claimed": (_("Another device came with the code"), "neutral", "link-2"),
    "move.taken": (_("Request taken to another device"), "neutral", "send"),
    "move.closed": (_("Going on at another device stopped"), "neutral", "ban"),
    "request.taken-over": (_("Request taken over by staff"), "warn", "hand"),
    "request.handed-back": (_("Request handed back to its customer"), "neutral", "undo-2"),
    "request.address-made": (_("New address of a request made"), "warn", "qr-code"),
    "request.written-to": (_("Customer of a request written to"), "neutral", "send"),
    "task.done": (_("Task of a request done"), "good", "circle-check"),
}
APPOINTMENTS: dict[str, Words] = {
    "appointment.held": (_("A time kept while the form is filled in"), "neutral", "clock"),
    "appointment.booked": (_("Appointment booked"), "good", "calendar"),
    "appointment.confirmed": (_("Customer confirmed the appointment"), "good", "circle-check"),
    "appointment.moved": (_("Appointment moved"), "neutral", "calendar"),
    "appointment.late": (_("Customer said they will be late"), "warn", "clock"),
    "appointment.cancelled": (_("Appointment cancelled"), "warn", "circle"),
    "appointment.released": (_("A kept time given up"), "neutral", "circle"),
    "appointment.arrived": (_("Checked in with an appointment"), "good", "circle-check"),
    "appointment.lost": (_("Did not come to the appointment"), "warn", "circle"),
    "appointment.returned": (_("Appointment put back"), "neutral", "calendar"),
    "appointment.ended": (_("Appointment over"), "good", "circle-check"),
    "waiting.joined": (_("Waiting for a time to be free"), "neutral", "clock"),
    "waiting.offered": (_("A freed time kept for who waits"), "neutral", "clock"),
    "waiting.taken": (_("A freed time booked by who waited"), "good", "calendar"),
    "waiting.expired": (_("Waiting list: not taken, or over"), "neutral", "circle"),
    "waiting.left": (_("Left the waiting list"), "neutral", "circle"),
    "calendar.feed-made": (_("Address of a calendar made"), "neutral", "key-round"),
    "calendar.feed-revoked": (_("Address of a calendar revoked"), "neutral", "ban"),
    "calendar.read": (_("Outside calendar read"), "neutral", "calendar"),
    "booking.forgotten": (_("Bookings made anonymous"), "neutral", "shield-check"),
    "messages.refused": (_("Messages refused"), "neutral", "ban"),
    "messages.accepted": (_("Messages accepted again"), "neutral", "send"),
}
CUSTOMERS: dict[str, Words] = {
    "customer.added": (_("Customer record begun"), "neutral", "circle"),
    "customer.corrected": (_("Customer record corrected"), "neutral", "circle"),
    "customer.identified": (_("Identity document compared"), "good", "shield-check"),
    "customer.contact-verified": (_("Contact proved"), "good", "shield-check"),
    "customer.code-sent": (_("One-time code sent"), "neutral", "mail"),
    "customer.code-refused": (_("One-time code refused"), "bad", "shield-alert"),
    "customer.signed-in": (_("Customer signed in"), "neutral", "log-in"),
    "customer.passkey-added": (_("Customer added a passkey"), "good", "key-round"),
    "customer.passkey-removed": (_("Customer removed a passkey"), "neutral", "key-round"),
    "customer.passkey-refused": (_("Customer’s passkey refused"), "bad", "shield-alert"),
    "customer.signed-out": (_("Customer signed out"), "neutral", "log-out"),
    "customer.joined": (_("Two records joined"), "warn", "merge"),
    "customer.parted": (_("Joining undone"), "warn", "unlink"),
    "customer.kept-apart": (_("Two records kept apart"), "neutral", "circle"),
    "customer.restricted": (_("Use of data restricted or allowed again"), "held", "ban"),
    "customer.restriction-reviewed": (_("Restriction looked at and left as it is"), "held", "ban"),
    "customer.correction-asked": (_("Correction asked for"), "held", "pencil"),
    "customer.correction-decided": (_("Correction decided or taken back"), "neutral", "pencil"),
    "customer.exported": (_("Customer took a copy of their data"), "neutral", "download"),
    "customer.erasure-asked": (_("Erasure asked for"), "held", "eraser"),
    "customer.erasure-refused": (_("Erasure refused or taken back"), "neutral", "ban"),
    "customer.erased": (_("Customer erased"), "warn", "eraser"),
    "consent.given": (_("Consent given"), "good", "shield-check"),
    "consent.withdrawn": (_("Consent withdrawn"), "warn", "ban"),
    "face.enrolled": (_("Face template taken"), "neutral", "scan-face"),
    "face.compared": (_("Face compared"), "neutral", "scan-face"),
    "face.forgotten": (_("Face template destroyed"), "warn", "eraser"),
    "form.drafted": (_("Form changed, not published yet"), "neutral", "pencil"),
    "form.published": (_("Form published"), "good", "clipboard-list"),
    "form.answered": (_("Form answered"), "neutral", "clipboard-list"),
    "message.meant": (_("Message to be sent"), "neutral", "mail"),
    "message.ended": (_("Message sent or failed"), "neutral", "mail"),
    "ticket.notes-emptied": (_("Notes on tickets emptied"), "neutral", "eraser"),
    "protection.unmasked": (_("Value shown in full"), "warn", "shield-alert"),
    "protection.value-refused": (_("Stored value could not be opened"), "bad", "shield-alert"),
    "protection.key-destroyed": (_("Key destroyed"), "warn", "eraser"),
    "protection.keys-changed": (_("Keys changed"), "neutral", "key-round"),
    "retention.applied": (_("Old data removed by rule"), "neutral", "eraser"),
}


def _teller(words: Promise) -> Callable[[Mapping[str, Any]], tuple[str, str]]:
    return lambda facts: (str(words), say(facts.get("staff_names")))


def _restricted(facts: Mapping[str, Any]) -> tuple[str, str]:
    words = _("Use of data restricted") if facts["restricted"] else _("Restriction of data lifted")
    return str(words), say(facts.get("staff_names"))


TOLD = {
    kind: (_teller(words), tone, icon)
    for kind, (words, tone, icon) in {
        **ACCESS,
        **WEBHOOKS,
        **MONEY,
        **CONNECTORS,
        **PLANS,
        **FLOWS,
        **APPOINTMENTS,
        **WAITS,
        **CUSTOMERS,
    }.items()
}
TOLD["customer.restricted"] = (_restricted, "held", "ban")
