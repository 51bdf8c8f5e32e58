"""Look-up of encrypted values: a keyed hash of the normalised value, equality only.

    phone_index = BlindIndex("phone", form="phone", tenant="organisation_id")

The key belongs to the column and lies in the database under a root key, so a stolen table tells nothing: the
space of phone and ID numbers is small enough to try them all against a hash without a key. The hash is
HMAC-SM3 (or HMAC-SHA-256 with the AES suite), first 16 bytes, over tenant and value.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid5

from django.db import models

from servicehall.kernel import transactions

from . import keys
from .normal_form import FORMS

if TYPE_CHECKING:
    BinaryBase = models.BinaryField[bytes | None, bytes | None]
else:
    BinaryBase = models.BinaryField

_NAMES = UUID("6f1b8a52-3a3c-4d0e-9a35-5f0c5b0f7c11")
BYTES = 16


class BlindIndex(BinaryBase):
    """The index of one or several protected fields of the same row (their texts joined by line breaks)."""

    def __init__(self, *sources: str, form: str = "", tenant: str = "", **kwargs: Any) -> None:
        self.sources, self.form, self.tenant = sources, form, tenant
        super().__init__(**{**kwargs, "null": True, "editable": False, "max_length": BYTES})

    def deconstruct(self) -> Any:
        name, path, _args, kwargs = super().deconstruct()
        for given in ("null", "editable", "max_length"):
            kwargs.pop(given, None)
        return name, path, list(self.sources), {**kwargs, "form": self.form, "tenant": self.tenant}

    def pre_save(self, model_instance: models.Model, add: bool) -> bytes | None:
        text = "\n".join(getattr(model_instance, source) for source in self.sources)
        normal = FORMS[self.form](text)
        made = None
        if normal:
            key = writing_key(self._name(), use="index")
            made = _index(key, getattr(model_instance, self.tenant), normal)
        setattr(model_instance, self.attname, made)
        return made

    def index_of(self, tenant: UUID, text: str) -> bytes:
        """The index of a value among a tenant's rows; empty (which no row has) when it cannot be there."""
        normal = FORMS[self.form](text)
        key = column_key(self._name(), use="index") if normal else None
        return _index(key, tenant, normal) if key else b""

    def _name(self) -> str:
        return f"{self.model._meta.db_table}.{self.column}"


def _index(key: keys.OpenKey, tenant: UUID, normal: str) -> bytes:
    return key.suite.mac(key.secret, f"{tenant}|{normal}".encode())[:BYTES]


def _owner(name: str, use: str) -> UUID:
    return uuid5(_NAMES, f"{use} {name}")


def column_key(name: str, *, use: str) -> keys.OpenKey | None:
    """The key of that name (one query); None when nothing was ever written with it.

    It is the first one of its owner: it stays the same through all changes of keys and suites.
    """
    held = keys.of(_owner(name, use)).open
    return held[min(held)] if held else None


def writing_key(name: str, *, use: str) -> keys.OpenKey:
    """The same inside a transaction, made when it is not there yet."""
    memory, owner = transactions.memory(), _owner(name, use)
    if kept := memory.get(("column key", owner)):
        found: keys.OpenKey = kept
        return found
    found = column_key(name, use=use) or keys.for_writing(owner, transactions.INSTALLATION, use=use)
    memory["column key", owner] = found
    return found


def index_of(model: type[models.Model], column: str, tenant: UUID, text: str) -> bytes:
    """What to look for in an index column: ``filter(phone_index=index_of(Customer, "phone_index", …))``."""
    field = model._meta.get_field(column)
    assert isinstance(field, BlindIndex)  # noqa: S101 - a programmer's mistake
    return field.index_of(tenant, text)
