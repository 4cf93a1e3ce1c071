"""Whether what reads a text, or a body, can read it in a number of ways that grows with each step."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import combinations, product
from typing import Any

Graph = Mapping[Any, Iterable[Any]]
Steps = Mapping[Any, Sequence[tuple[Any, Any]]]
"""By state: what is read, and the state that comes next."""


def ambiguous(steps: Steps, overlap: Callable[[Any, Any], bool]) -> bool:
    """Tell whether two ways lead from some state back to it and read the same; the ways then double with each round.

    Args:
        steps: of every state.
        overlap: whether two labels can read the same.
    """
    for circle in _circles({state: [after for _, after in each] for state, each in steps.items()}):
        inside = {state: [each for each in steps[state] if each[1] in circle] for state in circle}
        if any(_doubled(each, overlap) for each in inside.values()):
            return True
        for pairs in _circles(_side_by_side(inside, overlap)):
            if any(one == other for one, other in pairs) and any(one != other for one, other in pairs):
                return True
    return False


def _doubled(steps: Sequence[tuple[Any, Any]], overlap: Callable[[Any, Any], bool]) -> bool:
    return any(one[1] == other[1] and overlap(one[0], other[0]) for one, other in combinations(steps, 2))


def _side_by_side(steps: Steps, overlap: Callable[[Any, Any], bool]) -> Graph:
    """Return the steps of two ways that read the same."""
    return {
        (one, other): [
            (after, beside)
            for (label, after), (same, beside) in product(steps[one], steps[other])
            if overlap(label, same)
        ]
        for one, other in product(steps, steps)
    }


def _circles(graph: Graph) -> Iterator[set[Any]]:
    """Yield the sets of nodes that lead to one another (Tarjan), those of one node only if it leads to itself."""
    index: dict[Any, int] = {}
    lowest: dict[Any, int] = {}
    waiting: dict[Any, None] = {}
    for start in list(graph):
        if start in index:
            continue
        path = [(start, iter(_entered(start, graph, index, lowest, waiting)))]
        while path:
            node, following = path[-1]
            after = next(following, None)
            if after is not None and after not in index:
                path.append((after, iter(_entered(after, graph, index, lowest, waiting))))
            elif after is not None:
                lowest[node] = min(lowest[node], index[after]) if after in waiting else lowest[node]
            else:
                path.pop()
                if path:
                    lowest[path[-1][0]] = min(lowest[path[-1][0]], lowest[node])
                if lowest[node] == index[node]:
                    found = _left(node, waiting)
                    if len(found) > 1 or node in graph.get(node, ()):
                        yield found


def _entered(
    node: Any, graph: Graph, index: dict[Any, int], lowest: dict[Any, int], waiting: dict[Any, None]
) -> Iterable[Any]:
    index[node] = lowest[node] = len(index)
    waiting[node] = None
    return graph.get(node, ())


def _left(node: Any, waiting: dict[Any, None]) -> set[Any]:
    """Take a node off what is waiting, and all that came after it."""
    found = set()
    while node not in found:
        last, _ = waiting.popitem()
        found.add(last)
    return found
