"""Finds graphs in which the same input can be read along several paths, whose number doubles with each round."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import combinations, product
from typing import Any

Graph = Mapping[Any, Iterable[Any]]
Steps = Mapping[Any, Sequence[tuple[Any, Any]]]
"""For each state: what is read, and the state that comes next."""


def ambiguous(steps: Steps, overlap: Callable[[Any, Any], bool]) -> bool:
    """Whether two different paths lead from some state back to it and can read the same input.

    The number of paths then doubles with each round.

    Args:
        steps: the steps from every state.
        overlap: whether two labels can read the same input.
    """
    for cycle in _cycles({state: [after for _, after in each] for state, each in steps.items()}):
        inside = {state: [each for each in steps[state] if each[1] in cycle] for state in cycle}
        if any(_has_equal_steps(each, overlap) for each in inside.values()):
            return True
        for pairs in _cycles(_pairs_of_paths(inside, overlap)):
            if any(one == other for one, other in pairs) and any(one != other for one, other in pairs):
                return True
    return False


def _has_equal_steps(steps: Sequence[tuple[Any, Any]], overlap: Callable[[Any, Any], bool]) -> bool:
    return any(one[1] == other[1] and overlap(one[0], other[0]) for one, other in combinations(steps, 2))


def _pairs_of_paths(steps: Steps, overlap: Callable[[Any, Any], bool]) -> Graph:
    """Return the steps that two paths can make at the same time while they read the same input."""
    return {
        (one, other): [
            (after, other_after)
            for (label, after), (same, other_after) in product(steps[one], steps[other])
            if overlap(label, same)
        ]
        for one, other in product(steps, steps)
    }


def _cycles(graph: Graph) -> Iterator[set[Any]]:
    """Yield the strongly connected components (Tarjan). A single node counts only if it leads to itself."""
    index: dict[Any, int] = {}
    lowest: dict[Any, int] = {}
    waiting: dict[Any, None] = {}
    for start in list(graph):
        if start in index:
            continue
        path = [(start, iter(_visit(start, graph, index, lowest, waiting)))]
        while path:
            node, following = path[-1]
            after = next(following, None)
            if after is not None and after not in index:
                path.append((after, iter(_visit(after, graph, index, lowest, waiting))))
            elif after is not None:
                lowest[node] = min(lowest[node], index[after]) if after in waiting else lowest[node]
            else:
                path.pop()
                if path:
                    lowest[path[-1][0]] = min(lowest[path[-1][0]], lowest[node])
                if lowest[node] == index[node]:
                    found = _pop_component(node, waiting)
                    if len(found) > 1 or node in graph.get(node, ()):
                        yield found


def _visit(
    node: Any, graph: Graph, index: dict[Any, int], lowest: dict[Any, int], waiting: dict[Any, None]
) -> Iterable[Any]:
    index[node] = lowest[node] = len(index)
    waiting[node] = None
    return graph.get(node, ())


def _pop_component(node: Any, waiting: dict[Any, None]) -> set[Any]:
    """Remove a node, and all nodes that came after it, from the stack, and return them."""
    found = set()
    while node not in found:
        last, _ = waiting.popitem()
        found.add(last)
    return found
