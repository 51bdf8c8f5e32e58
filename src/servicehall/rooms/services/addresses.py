"""How the customer of a request can be written to."""

from __future__ import annotations

from servicehall.rooms.customers import queries as customers

from .instances import path_of
from .language.definition import Form
from .models import Instance
from .path import FlowFault

KINDS = ("phone", "email")


def is_restricted(instance: Instance) -> bool:
    """Whether its customer asked that their data is kept and nothing else."""
    if instance.customer_id is None:
        return False
    record = customers.own_record(instance.customer_id, instance.organisation_id)
    return record is not None and record.restricted_at is not None


def address_of(instance: Instance) -> tuple[str, str] | None:
    """The kind and the address: of the customer's record, else what was answered on the path; None when there is none."""
    if instance.customer_id is not None:
        record = customers.own_record(instance.customer_id, instance.organisation_id)
        for kind in KINDS if record else ():
            if held := getattr(record, kind):
                return kind, str(held)
    try:
        path = path_of(instance)
    except FlowFault:
        return None
    for visit in path.visits:
        for field in visit.step.fields if isinstance(visit.step, Form) else ():
            held = path.values.get(f"{visit.step.id}.{field.id}")
            if field.type in KINDS and held:
                return field.type, str(held)
    return None
