"""How pictures are drawn: nothing overlaps, lines lead to the right, and the text is well-formed."""

import time
from itertools import combinations
from xml.etree import ElementTree  # of what this library itself writes

from hypothesis import given, settings
from hypothesis import strategies as st

from kubestock.cli.graph.layers import columns, cycles
from kubestock.cli.graph.layout import Spot, arranged
from kubestock.cli.graph.mermaid import as_mermaid
from kubestock.cli.graph.model import Box, Line, Look, Picture
from kubestock.cli.graph.svg import as_svg

SVG = "{http://www.w3.org/2000/svg}"


def picture(*lines: str, looks: dict[str, Look] | None = None) -> Picture:
    """Return a picture of lines such as `a b`."""
    pairs = [each.split() for each in lines]
    names = dict.fromkeys(name for pair in pairs for name in pair)
    boxes = [Box(id=each, title=each, look=(looks or {}).get(each, Look.WORKLOAD)) for each in names]
    return Picture(
        title="shop", boxes=boxes, lines=[Line(source=pair[0], target=pair[1]) for pair in pairs if pair[1:]]
    )


def test_lines_lead_to_the_right() -> None:
    assert columns(picture("web orders", "orders stock", "web stock")) == [["web"], ["orders"], ["stock"]]


def test_boxes_of_a_cycle_are_in_one_column() -> None:
    assert columns(picture("web a", "a b", "b c", "c a", "c end")) == [["web"], ["a", "b", "c"], ["end"]]


def test_the_end_of_a_path_is_at_the_right_and_its_start_is_next_to_its_target() -> None:
    drawn = picture("web db", "web a", "a b", "job b", "report db", looks={"db": Look.DATABASE})

    assert columns(drawn) == [["web"], ["a", "job", "report"], ["db", "b"]]


def test_boxes_without_lines_are_drawn() -> None:
    assert columns(picture("a", "b", "c", "d", "e")) == [["a", "d"], ["b", "e"], ["c"]]
    assert columns(picture("a b", "c", "d")) == [["a", "c"], ["b", "d"]]
    assert columns(picture()) == []
    assert "".join(as_svg(picture())).endswith("</svg>")


def test_cycles_come_after_their_targets() -> None:
    found = [sorted(each) for each in cycles({"a": ["b"], "b": ["c", "d"], "c": ["b"], "d": ["d"]})]

    assert found == [["d"], ["b", "c"], ["a"]]


NAMES = st.sampled_from("abcdefghijkl")
PICTURES = st.builds(
    lambda pairs, alone: picture(*alone, *(" ".join(pair) for pair in pairs)),
    st.lists(st.tuples(NAMES, NAMES).filter(lambda pair: pair[0] != pair[1]), max_size=20, unique=True),
    st.lists(NAMES, unique=True),
)


def overlap(one: Spot, other: Spot) -> bool:
    return (
        one.x < other.x + other.width
        and other.x < one.x + one.width
        and one.y < other.y + other.height - 0.001
        and other.y < one.y + one.height - 0.001
    )


@settings(max_examples=150, deadline=None)
@given(PICTURES)
def test_no_box_hides_another_and_no_line_runs_through_one(drawn: Picture) -> None:
    layout = arranged(drawn, {each.id: (100.0, 40.0 + 10 * len(each.title)) for each in drawn.boxes})
    passed = [spot for route in layout.routes for spot in route.spots[1:-1]]

    for one, other in combinations([*layout.spots.values(), *passed], 2):
        assert not overlap(one, other)
    for each in layout.spots.values():
        assert 0 <= each.y <= layout.height - each.height + 0.001
        assert 0 <= each.x <= layout.width - each.width + 0.001


@settings(max_examples=50, deadline=None)
@given(PICTURES)
def test_a_picture_is_always_the_same(drawn: Picture) -> None:
    assert [*as_svg(drawn)] == [*as_svg(drawn)]
    root = ElementTree.fromstring("\n".join(as_svg(drawn)))  # noqa: S314  # what this library itself writes
    assert sum(each.get("marker-end") is not None for each in root.iter(f"{SVG}path")) == len(drawn.lines)


@given(st.text(), st.text())
def test_any_name_is_well_formed(title: str, text: str) -> None:
    box = Box(id="a", title=title, text=(text,), look=Look.DATABASE)
    drawn = Picture(title=title, boxes=[box], lines=[])
    root = ElementTree.fromstring("\n".join(as_svg(drawn)))  # noqa: S314  # as above

    assert root.tag == f"{SVG}svg"
    assert len("\n".join(as_mermaid(drawn)).splitlines()) == 2


def test_a_long_name_is_shortened_and_has_a_full_title() -> None:
    long = "x" * 90
    root = ElementTree.fromstring("\n".join(as_svg(picture(long))))  # noqa: S314  # as above

    assert long in [each.text for each in root.iter(f"{SVG}title")]
    assert long not in [each.text for each in root.iter(f"{SVG}text")]


def test_a_thousand_boxes_are_drawn_in_seconds() -> None:
    drawn = picture(*(f"s{number // 3} s{number}" for number in range(1, 1000)))
    began = time.process_time()
    lines = [*as_svg(drawn)]

    assert len(lines) > 1000
    assert time.process_time() - began < 20
