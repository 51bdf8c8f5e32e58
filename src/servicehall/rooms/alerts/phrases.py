"""What an alert is called and what to do about it, for managers."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Words:
    """A title and an advice."""

    title: str | Promise
    advice: str | Promise


PHRASES: dict[str, Words] = {
    "staff-locked": Words(
        _("An account is locked after too many failed sign-ins"),
        _("Speak with its owner. If it was not them, have the password changed before you unlock."),
    ),
    "address-locked": Words(
        _("Somebody guesses from one network"),
        _("Nothing is looked at from there for half an hour. If it goes on, block the network at the proxy."),
    ),
    "passkey-copied": Words(
        _("A passkey looks copied"),
        _("Its counter went back. Have the person remove this passkey and add a new one."),
    ),
    "passkey-origin": Words(
        _("A passkey was used for another website"),
        _("Somebody may run a page that pretends to be this hall. Ask the person which address they opened."),
    ),
    "passkey-forged": Words(
        _("A passkey’s signature does not fit"),
        _("No honest browser sends this. Look at the record of acts around this moment."),
    ),
    "code-replayed": Words(
        _("A one-time code was sent a second time"),
        _("Somebody may have looked over a shoulder. If it was no double click, change the password."),
    ),
    "code-guessed": Words(
        _("One-time codes are being guessed"),
        _("The code was made useless. If it goes on, tell the customer."),
    ),
    "texts-used-up": Words(
        _("The text messages of the day are used up"),
        _(
            "No codes go to phones until tomorrow. If somebody asks for them in masses, block that network; if many"
            " customers came, have the administrator raise the limit."
        ),
    ),
    "confirmation-changed": Words(
        _("A confirmation was used for something else"),
        _("The amount or the target was changed after it was confirmed. Check the device that was used."),
    ),
    "confirmation-moved": Words(
        _("A confirmation came from another session"),
        _("End the person’s other sessions and speak with them."),
    ),
    "confirmation-replayed": Words(
        _("A confirmation was sent a second time"),
        _("Nothing was done twice. If it was no double click, look at the record of acts."),
    ),
    "data-tampered": Words(
        _("Protected data was changed or swapped in the database"),
        _("Whoever did it can write to the database. Keep the machine as it is and call your administrator."),
    ),
    "evidence-tampered": Words(
        _("The evidence was changed in the database"),
        _("Nothing is signed until it is whole. Keep the machine as it is and call your administrator."),
    ),
    "token-tampered": Words(
        _("A signed address was changed"),
        _("Somebody tries addresses that were not given to them. Look at the record of acts."),
    ),
    "message-forged": Words(
        _("A message from outside was not signed by its sender"),
        _("Somebody pretends to be a connected system, or its secret was changed on one side only."),
    ),
    "message-replayed": Words(
        _("A message from outside came a second time, or late"),
        _("It was not taken in. If it goes on, check the sender and its clock."),
    ),
    "payment-forged": Words(
        _("A notification of a payment was not the provider’s"),
        _(
            "Nothing was taken as paid. If it goes on, block the sender; check the keys if you just changed them."
        ),
    ),
    "payment-replayed": Words(
        _("An old notification of a payment was sent again"),
        _("Nothing was changed. If it goes on, check the hall’s clock and who sends it."),
    ),
    "payment-amount": Words(
        _("Another amount was paid than was asked for"),
        _(
            "It was not taken as paid. Compare it with the provider’s statement, and give it back or ask for the rest."
        ),
    ),
    "payment-unknown": Words(
        _("The provider tells of a payment that is not ours"),
        _("Another system may use the same merchant number. Look for the order there."),
    ),
    "payment-surplus": Words(
        _("Money came in when nothing was to be paid"),
        _("Open the payment among the operations pages and give it back."),
    ),
    "payment-differences": Words(
        _("Payments differ from the provider’s statement"),
        _("Open the comparison of that day and clear each line."),
    ),
    "effect-unknown": Words(
        _("Nobody knows whether something outside was done"),
        _("Ask the other side (the provider, the counter) before anybody does it again."),
    ),
    "effect-contradicted": Words(
        _("The other side says the opposite of what it said before"),
        _("Nothing was changed here. Compare its record with ours, and write down which is right."),
    ),
    "webhook-disabled": Words(
        _("A webhook was switched off after failing for days"),
        _("Mend the system behind it, switch it on again and send again what was given up."),
    ),
}
OTHER = Words(_("Something happened that somebody should look at"), _("Look at the record of acts."))
