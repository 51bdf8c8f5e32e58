"""Finding a customer by phone, e-mail or ID number without decrypting anybody."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection

from servicehall.kernel import sql
from servicehall.kernel.models import DataKey
from servicehall.kernel.protection import keys, normal_form
from servicehall.kernel.protection.blind_index import index_of
from servicehall.kernel.rights import SYSTEM
from servicehall.kernel.transactions import transaction
from servicehall.rooms.customers.models import Customer
from tests.kernel.protection.persons import WANG, add, fresh, organisation, save

COLUMNS = {"phone_index": "phone", "email_index": "email", "id_index": "id_number"}


def found(tenant: Any, column: str, text: str) -> list[Customer]:
    return list(Customer.objects.filter(**{column: index_of(Customer, column, tenant, text)}))


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("form", "same"),
    [
        ("phone", ["13812345678", "+86 138 1234 5678", "0086-138-1234-5678", "１３８１２３４５６７８", "86 13812345678"]),
        ("phone", ["010 6552 9988", "+861065529988", "(010)65529988"]),
        ("phone", ["+44 20 7946 0958", "0044 20 7946 0958"]),
        ("email", ["Wang@Example.com", " wang@example.COM ", "ｗａｎｇ@example.com"]),
        ("id_number", ["11010519491231002x", "110105 19491231 002X", "１１０１０５19491231002Ｘ"]),
        ("name_and_phone_tail", ["王小明\n13812345678", "王 小明\n+86 139 0000 5678"]),
    ],
)  # fmt: skip
def test_one_thing_written_in_many_ways_is_one(form: str, same: list[str]) -> None:
    assert len({normal_form.FORMS[form](text) for text in same}) == 1


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("form", "text"),
    [("phone", "none"), ("email", "  "), ("id_number", "—"), ("id_number", "002X"), ("name_and_phone_tail", "\n13812345678"),
     ("name_and_phone_tail", "王小明\n12")],
)  # fmt: skip
def test_what_says_nothing_has_no_normal_form(form: str, text: str) -> None:
    assert normal_form.FORMS[form](text) == ""


@pytest.mark.django_db
def test_a_customer_is_found_by_each_of_the_three_and_only_there() -> None:
    mall, bank = organisation("mall"), organisation("bank")
    wang = add(mall, **WANG)
    add(mall, **{**WANG, "phone": "139", "email": "li@example.com", "id_number": "E1234567"})
    for column, field in COLUMNS.items():
        assert found(mall, column, WANG[field]) == [wang]
        assert found(mall, column, WANG[field].upper()) == [wang]
        assert found(bank, column, WANG[field]) == []


@pytest.mark.django_db
def test_nothing_is_found_by_nothing() -> None:
    mall = organisation()
    assert found(mall, "phone_index", "13812345678") == [], "before anybody is there"
    add(mall, name="no phone")
    for text in ("", "none"):
        assert found(mall, "phone_index", text) == []


@pytest.mark.django_db
def test_the_index_follows_a_correction_and_goes_with_the_value() -> None:
    mall = organisation()
    wang = add(mall, **WANG)
    save(fresh(wang), phone="139 0000 0000")
    assert found(mall, "phone_index", WANG["phone"]) == []
    assert found(mall, "phone_index", "+8613900000000") == [wang]
    save(fresh(wang), phone="")
    assert fresh(wang).phone_index is None


@pytest.mark.django_db
def test_each_column_and_tenant_has_hashes_of_its_own() -> None:
    mall, bank = organisation("mall"), organisation("bank")
    one = add(mall, phone="13812345678", id_number="+8613812345678")
    two = add(bank, phone="13812345678")
    made = [bytes(one.phone_index or b""), bytes(one.id_index or b""), bytes(two.phone_index or b"")]
    assert len(set(made)) == 3
    assert {len(one) for one in made} == {16}


@pytest.mark.django_db
def test_the_index_key_survives_the_other_suite_and_new_data_keys(settings: Any) -> None:
    mall = organisation()
    wang = add(mall, **WANG)
    before = bytes(fresh(wang).phone_index or b"")
    settings.PROTECTION_SUITE = "aes-256-gcm"
    save(fresh(wang), notes="in the other suite")
    assert bytes(fresh(wang).phone_index or b"") == before
    assert DataKey.objects.filter(use="index").count() == 4


@pytest.mark.django_db
def test_look_up_uses_the_index(database_kind: str) -> None:
    mall = organisation()
    add(mall, **WANG)
    query = Customer.objects.filter(phone_index=index_of(Customer, "phone_index", mall, WANG["phone"]))
    if database_kind == "postgresql":
        sql.run("SET LOCAL enable_seqscan = off")
    with connection.cursor() as cursor:
        statement, parameters = query.query.sql_with_params()
        explain = "EXPLAIN QUERY PLAN" if database_kind == "sqlite" else "EXPLAIN"
        cursor.execute(f"{explain} {statement}", parameters)
        plan = repr(cursor.fetchall())
    assert "customer_phone" in plan


@pytest.mark.django_db
def test_an_erased_customer_has_no_index_when_the_row_is_written() -> None:
    mall = organisation()
    wang = add(mall, **WANG)
    with transaction(mall):
        keys.destroy(wang.pk, by=SYSTEM)
        row = fresh(wang)
        row.save()
    assert found(mall, "phone_index", WANG["phone"]) == []
