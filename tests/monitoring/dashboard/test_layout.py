from itertools import combinations

import cdk8s
from boards import board_of, fullest
from hypothesis import given
from hypothesis import strategies as st

from kubestock.monitoring.dashboard.layout import Box, placed
from kubestock.monitoring.dashboard.panels import COLUMNS, Panel, Query, Row


def panel(number: int, width: int, height: int) -> Panel:
    return Panel(
        title=f"p{number}",
        description="Normal is any value.",
        unit="short",
        queries=(Query(expression="up", legend="up"),),
        width=width,
        height=height,
    )


sizes = st.lists(st.tuples(st.integers(1, COLUMNS), st.integers(1, 12)), min_size=1, max_size=12)


@given(st.lists(sizes, min_size=1, max_size=4))
def test_panels_keep_their_size_and_order_and_do_not_overlap(rows: list[list[tuple[int, int]]]) -> None:
    given_rows = [
        Row(title=f"r{place}", panels=tuple(panel(number, *size) for number, size in enumerate(row)))
        for place, row in enumerate(rows)
    ]
    laid = list(placed(given_rows))
    boxes = [box for row in laid for box in (row.heading, *(box for _, box in row.panels))]

    assert [row.row for row in laid] == given_rows
    assert not [pair for pair in combinations(boxes, 2) if pair[0].overlaps(pair[1])]
    assert all(box.x >= 0 and box.x + box.width <= COLUMNS for box in boxes)
    for row in laid:
        assert [each for each, _ in row.panels] == list(row.row.panels)
        assert [(box.width, box.height) for _, box in row.panels] == [
            (each.width, each.height) for each, _ in row.panels
        ]
        assert all(box.y > row.heading.y for _, box in row.panels)


@given(st.tuples(*[st.integers(0, 5)] * 8))
def test_boxes_overlap_when_they_share_a_cell(numbers: tuple[int, ...]) -> None:
    one, other = (Box(x=x, y=y, width=w + 1, height=h + 1) for x, y, w, h in (numbers[:4], numbers[4:]))
    cells = [
        {(x, y) for x in range(box.x, box.x + box.width) for y in range(box.y, box.y + box.height)}
        for box in (one, other)
    ]

    assert one.overlaps(other) is bool(cells[0] & cells[1])


def test_the_positions_in_the_json_do_not_overlap(chart: cdk8s.Chart) -> None:
    places = [each["gridPos"] for each in board_of(fullest(chart))["panels"]]
    boxes = [Box(x=each["x"], y=each["y"], width=each["w"], height=each["h"]) for each in places]

    assert not [pair for pair in combinations(boxes, 2) if pair[0].overlaps(pair[1])]
    assert [box.y for box in boxes] == sorted(box.y for box in boxes)
