"""Short names are not the addresses of pages: refused at setup, and told of by doctor where there is one already."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from servicehall.kernel.rights import SYSTEM
from servicehall.processes.doctor import installation
from servicehall.rooms.hall import actions
from servicehall.rooms.hall.models import Site, Zone
from tests.hall import text
from tests.rooms.office import Office, errors, fields, make_office


@pytest.fixture
def office(db: None) -> Office:
    return make_office()


@pytest.mark.parametrize(
    "slug", ["evidence", "alerts", "mailbox", "halls", "media", "01a215ed-7d40-7237-b753-bf5d5a5ee932"]
)
@pytest.mark.one_database
def test_a_site_with_the_address_of_a_page_is_refused_in_the_readers_language(
    office: Office, slug: str
) -> None:
    region, before = office.mall.site.region, Site.objects.count()
    for language, words in (("en", "is the address of a page"), ("zh-hans", "是某个页面的地址")):
        with translation.override(language), pytest.raises(ValidationError, match=words):
            actions.add_site(region=region, slug=slug, names=text("X", "某"), by=SYSTEM)
    assert Site.objects.count() == before


def test_the_form_says_so_beside_the_short_name(office: Office) -> None:
    client, path = office.as_("chief"), f"/admin/hall/site/{office.mall.id}/change/"
    answer = client.post(path, fields(client.get(path)) | {"slug": "evidence"})
    assert answer.status_code == 200
    assert "“evidence” is the address of a page. Choose another short name" in errors(answer)
    assert Site.objects.get(pk=office.mall.id).slug == "mall"


@pytest.mark.one_database
def test_a_zone_is_refused_the_word_behind_a_boards_address(office: Office) -> None:
    with pytest.raises(ValidationError, match="is the address of a page"):
        actions.add_zone(floor=office.mall.zone.floor, slug="state", names=text("State", "州"), by=SYSTEM)
    actions.add_zone(floor=office.mall.zone.floor, slug="evidence", names=text("E", "证"), by=SYSTEM)


def test_what_is_named_so_already_can_be_changed_otherwise_and_doctor_tells_of_it(office: Office) -> None:
    assert [one.level for one in installation.addresses()] == ["ok"]
    Site.objects.filter(pk=office.mall.id).update(slug="evidence")
    Zone.objects.filter(pk=office.bank.zone.pk).update(slug="state")
    row = Site.objects.get(pk=office.mall.id)
    row.names = text("Court", "法院")
    actions.save_setup(row, by=SYSTEM)
    told = list(installation.addresses())
    assert [one.level for one in told] == ["warning", "warning"]
    assert "The site “evidence” has the address of a page" in told[0].what
    assert "The zone “bank/state”" in told[1].what
    assert "short name" in told[0].advice
