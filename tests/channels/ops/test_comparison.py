"""Texts side by side: each line stands on its side once, in its order, whatever the texts are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicehall.channels.ops.services.comparison import Line, Row, rows

pytestmark = pytest.mark.one_database
lines = st.lists(st.sampled_from(["a: 1", "b: {c: d}", "", "  e", "名称"]), max_size=12)


def words(line: Line) -> str:
    return "".join(piece.text for piece in line.pieces)


@given(lines, lines)
def test_both_texts_can_be_put_together_again(left: list[str], right: list[str]) -> None:
    found = rows("\n".join(left), "\n".join(right), context=99)
    one, two = "\n".join(left).splitlines(), "\n".join(right).splitlines()
    if one == two:
        assert found == []
        return
    assert [words(row.left) for row in found if row.left.number] == one
    assert [words(row.right) for row in found if row.right.number] == two
    assert [row.left.number for row in found if row.left.number] == list(range(1, len(one) + 1))


def test_in_a_changed_line_the_words_that_differ_are_marked() -> None:
    [row] = rows("name: {en: Read this}", "name: {en: Please read this}")
    assert row.kind == "changed"
    assert next(piece.text for piece in row.right.pieces if piece.other).startswith("Please")
    assert row.left.pieces[0].text == "name: {en: "


def test_what_is_far_from_any_change_is_left_out_and_counted() -> None:
    text = "\n".join(str(n) for n in range(100))
    found = rows(text, text.replace("50", "fifty"))
    assert (found[0], found[-1]) == (Row("gap", count=47), Row("gap", count=46))
    assert len(found) == 9
    long = "x" * 5000
    assert rows(long, f"{long}y")[0].right.pieces[0].text == f"{long}y"
