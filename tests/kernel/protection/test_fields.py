"""Marked columns: encrypted at rest, bound to their place, readable in use, gone with their key."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import connection

from servicehall.kernel import events, sql
from servicehall.kernel.models import DataKey
from servicehall.kernel.protection import keys
from servicehall.kernel.protection.fields import is_erased, open_all
from servicehall.kernel.protection.refusals import PersonErased, Unreadable
from servicehall.kernel.protection.suites import AES, SM4
from servicehall.kernel.rights import SYSTEM
from servicehall.kernel.transactions import INSTALLATION, OutsideTransaction, transaction
from servicehall.rooms.customers.models import Customer
from tests.kernel.protection.persons import WANG, add, fresh, organisation, save

pytestmark = pytest.mark.django_db


def stored(customer: Customer, column: str) -> bytes:
    found = sql.row(f"SELECT {column} FROM customers_customer WHERE id = %s", customer.pk)
    return bytes(found[0]) if found and found[0] is not None else b""


def put(customer: Customer, column: str, value: bytes) -> None:
    sql.run(f"UPDATE customers_customer SET {column} = %s WHERE id = %s", value, customer.pk)


def refused() -> list[dict[str, Any]]:
    return [e.data for e in events.after(INSTALLATION, 0) if e.kind == "protection.value-refused"]


@pytest.fixture
def wang() -> Customer:
    return add(organisation(), **WANG)


def test_what_is_read_is_what_was_written(wang: Customer) -> None:
    found = fresh(wang)
    assert {name: getattr(found, name) for name in WANG} == WANG


def test_the_table_holds_nothing_of_it(wang: Customer) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM customers_customer")
        dump = repr(cursor.fetchall())
    for value in WANG.values():
        assert value not in dump
        assert value.encode().hex() not in dump
    sealed = stored(wang, "phone")
    assert sealed[:3] == bytes([SM4.mark, 0, 1])
    assert len(sealed) == 3 + 12 + len(WANG["phone"]) + 16


def test_nothing_stays_nothing(wang: Customer) -> None:
    save(wang, notes="")
    assert stored(wang, "notes") == b""
    assert fresh(wang).notes == ""
    assert not is_erased(fresh(wang).notes)


def test_a_field_that_nobody_looked_at_is_written_back_as_it_was(wang: Customer) -> None:
    before = stored(wang, "address")
    found = fresh(wang)
    assert "王" not in repr(found.__dict__)
    save(found, notes="another")
    assert stored(wang, "address") == before
    assert fresh(wang).notes == "another"


def test_two_customers_with_the_same_value_share_no_byte_of_it() -> None:
    tenant = organisation()
    one, two = add(tenant, **WANG), add(tenant, **WANG)
    assert stored(one, "phone")[3:] != stored(two, "phone")[3:]
    assert stored(one, "phone_index") == stored(two, "phone_index")


def test_it_cannot_be_searched_or_changed_past_its_row(wang: Customer) -> None:
    with pytest.raises(TypeError, match="protected"):
        Customer.objects.filter(phone="138").exists()
    with pytest.raises(OutsideTransaction):
        Customer.objects.get(pk=wang.pk).save()
    with pytest.raises(TypeError, match="protected"):
        Customer.objects.update(phone="138")


def swapped_between_rows(wang: Customer) -> None:
    other = add(wang.organisation_id, **{**WANG, "phone": "139 0000 0000"})
    put(wang, "phone", stored(other, "phone"))


def swapped_between_columns(wang: Customer) -> None:
    put(wang, "phone", stored(wang, "email"))


def cut(wang: Customer) -> None:
    put(wang, "phone", stored(wang, "phone")[:-1])


def cut_short(wang: Customer) -> None:
    put(wang, "phone", stored(wang, "phone")[:10])


def of_another_tenant(wang: Customer) -> None:
    sql.run("UPDATE customers_customer SET organisation_id = %s", organisation("bank"))


def of_an_unknown_suite(wang: Customer) -> None:
    put(wang, "phone", b"\x09" + stored(wang, "phone")[1:])


def of_the_other_suite(wang: Customer) -> None:
    put(wang, "phone", bytes([AES.mark]) + stored(wang, "phone")[1:])


def of_an_unknown_version(wang: Customer) -> None:
    put(wang, "phone", stored(wang, "phone")[:1] + b"\x00\x07" + stored(wang, "phone")[3:])


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (swapped_between_rows, "changed"),
        (swapped_between_columns, "changed"),
        (cut, "changed"),
        (cut_short, "truncated"),
        (of_another_tenant, "changed"),
        (of_an_unknown_suite, "unknown-suite"),
        (of_the_other_suite, "unknown-suite"),
        (of_an_unknown_version, "unknown-key-version"),
    ],
)
def test_a_spoiled_value_is_refused_and_told_without_its_content(
    wang: Customer, spoil: Any, reason: str
) -> None:
    spoil(wang)
    with pytest.raises(Unreadable) as caught:
        _ = fresh(wang).phone
    assert caught.value.problem()["reason"] == reason
    told = {"table": "customers_customer", "column": "phone", "row": str(wang.pk), "reason": reason}
    assert refused() == [told]
    with pytest.raises(Unreadable):
        _ = fresh(wang).phone
    assert refused() == [told], "once an hour is enough"


def test_what_is_refused_inside_an_act_is_told_although_the_act_is_undone(wang: Customer) -> None:
    put(wang, "phone", stored(wang, "email"))
    with pytest.raises(Unreadable), transaction(wang.organisation_id):
        _ = fresh(wang).phone
    assert len(refused()) == 1


def test_a_destroyed_key_makes_all_fields_unreadable_at_once(wang: Customer) -> None:
    other = add(wang.organisation_id, **WANG)
    assert fresh(wang).phone == WANG["phone"]  # the key is in this process's memory now
    with transaction(wang.organisation_id):
        keys.destroy(wang.pk, by=SYSTEM)
    found = fresh(wang)
    for name in WANG:
        assert getattr(found, name) == ""
        assert is_erased(getattr(found, name))
    assert fresh(other).phone == WANG["phone"]
    assert refused() == []
    assert bytes(DataKey.objects.get(owner_id=wang.pk).wrapped) == b""


def test_destroying_is_recorded_once_and_nothing_can_be_written_afterwards(wang: Customer) -> None:
    for _ in range(2):
        with transaction(wang.organisation_id):
            keys.destroy(wang.pk, by=SYSTEM)
    kinds = [e.kind for e in events.after(wang.organisation_id, 0)]
    assert kinds == ["protection.key-destroyed"]
    with pytest.raises(PersonErased):
        save(fresh(wang), phone="139 0000 0000")
    assert is_erased(fresh(wang).phone)


def test_a_list_is_opened_with_one_query_for_all_keys(django_assert_num_queries: Any) -> None:
    tenant = organisation()
    for n in range(12):
        add(tenant, **{**WANG, "phone": f"1381234{n:04}"})
    with django_assert_num_queries(2):
        rows = list(Customer.objects.order_by("pk"))
        open_all(rows)
        phones = [row.phone for row in rows]
        names = {row.name for row in rows}
    assert phones == [f"1381234{n:04}" for n in range(12)]
    assert names == {WANG["name"]}


@pytest.fixture
def aes(settings: LazySettings) -> Iterator[None]:
    settings.PROTECTION_SUITE = "aes-256-gcm"
    yield
    settings.PROTECTION_SUITE = "sm4-gcm"


def test_with_the_other_suite_new_values_are_in_it_and_old_ones_stay_readable(
    wang: Customer, settings: LazySettings
) -> None:
    settings.PROTECTION_SUITE = "aes-256-gcm"
    new = add(wang.organisation_id, **WANG)
    assert stored(new, "phone")[0] == AES.mark
    assert fresh(wang).phone == WANG["phone"]
    save(fresh(wang), notes="changed")
    assert stored(wang, "notes")[:3] == bytes([AES.mark, 0, 2])
    assert stored(wang, "phone")[:3] == bytes([AES.mark, 0, 2]), "sealed again when it is written"
    assert {name: getattr(fresh(wang), name) for name in WANG} == {**WANG, "notes": "changed"}


def test_who_reads_and_then_writes_may_hold_the_keys_with_one_query(
    wang: Customer, django_assert_num_queries: Any
) -> None:
    found = fresh(wang)
    with transaction(wang.organisation_id):
        with django_assert_num_queries(1):
            keys.hold(found.pk)
            assert found.phone == WANG["phone"]
            assert keys.for_writing(found.pk, found.organisation_id).version == 1
        keys.destroy(found.pk, by=SYSTEM)
        assert is_erased(fresh(wang).phone)
        with pytest.raises(PersonErased):
            keys.for_writing(found.pk, found.organisation_id)
    with transaction(wang.organisation_id):
        keys.hold(found.pk)
        assert is_erased(fresh(wang).phone)
    with pytest.raises(OutsideTransaction):
        keys.hold(found.pk)
