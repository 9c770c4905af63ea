"""Optimal one-to-one assignment on a sparse graph, with weights compared lexicographically."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

Edge = tuple[int, int]


def assign(weights: Mapping[Edge, Sequence[int]]) -> list[Edge]:
    """Chooses edges that share no end, so that the sum of their weights is the largest.

    Weights are tuples of non-negative integers; sums are compared place by place, the first place first.
    Integers are exact, so no sum is ever rounded. The graph falls apart into connected components, which are
    solved one by one: in an abstract nearly all of them are a single edge.

    Args:
        weights: For each allowed edge (left, right) its weight; all tuples are of one length. An edge whose
            weight is zero in every place is never chosen.

    Returns:
        The chosen edges, sorted.
    """
    packed = _pack(weights)
    chosen: list[Edge] = []
    for component in _components(list(packed)):
        if len(component) == 1:
            chosen += component
        else:
            chosen += _solve({edge: packed[edge] for edge in component})
    return sorted(chosen)


def _pack(weights: Mapping[Edge, Sequence[int]]) -> dict[Edge, int]:
    """Turns each tuple into one integer that no sum over a matching can carry into the place before."""
    if not weights:
        return {}
    bases = [sum(place) + 1 for place in zip(*weights.values(), strict=True)]
    packed: dict[Edge, int] = {}
    for edge in sorted(weights):
        number = 0
        for base, part in zip(bases, weights[edge], strict=True):
            number = number * base + part
        if number:
            packed[edge] = number
    return packed


def _components(edges: list[Edge]) -> list[list[Edge]]:
    """Groups edges that hang together."""
    parent: dict[tuple[str, int], tuple[str, int]] = {}

    def root(node: tuple[str, int]) -> tuple[str, int]:
        parent.setdefault(node, node)
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    for left, right in edges:
        parent[root(("left", left))] = root(("right", right))
    groups: dict[tuple[str, int], list[Edge]] = {}
    for edge in edges:
        groups.setdefault(root(("left", edge[0])), []).append(edge)
    return list(groups.values())


def _solve(weights: dict[Edge, int]) -> list[Edge]:
    """Solves one component: the Hungarian method on the smaller side's rows."""
    lefts = sorted({left for left, _ in weights})
    rights = sorted({right for _, right in weights})
    if len(lefts) > len(rights):
        turned = {(right, left): weight for (left, right), weight in weights.items()}
        return [(left, right) for right, left in _solve(turned)]
    cost = [[-weights.get((left, right), 0) for right in rights] for left in lefts]
    pairs = [(lefts[row], rights[column]) for row, column in _hungarian(cost)]
    return [pair for pair in pairs if pair in weights]


def _hungarian(cost: list[list[int]]) -> list[tuple[int, int]]:
    """Gives every row a column of its own at the smallest total cost (rows <= columns).

    The form with potentials and shortest augmenting paths, O(rows^2 * columns); row and column 0 are
    sentinels.
    """
    state = _State(cost)
    for row in range(1, len(cost) + 1):
        state.row_of[0] = row
        column, previous = _augmenting_path(state)
        while column:
            state.row_of[column] = state.row_of[previous[column]]
            column = previous[column]
    return [(row - 1, column - 1) for column, row in enumerate(state.row_of) if column and row]


class _State:
    """What the method carries from row to row: potentials, and the row that holds each column (0: none)."""

    def __init__(self, cost: list[list[int]]) -> None:
        self.cost = cost
        self.row_potential = [0] * (len(cost) + 1)
        self.column_potential = [0] * (len(cost[0]) + 1)
        self.row_of = [0] * (len(cost[0]) + 1)
        self.infinite = 1 + 4 * sum(abs(value) for line in cost for value in line)


def _augmenting_path(state: _State) -> tuple[int, list[int]]:
    """Finds the cheapest path from the new row (held by column 0) to a free column; updates the potentials.

    Returns:
        The free column, and for each column on the path the column before it.
    """
    size = len(state.row_of)
    slack, used, previous = [state.infinite] * size, [False] * size, [0] * size
    column = 0
    while state.row_of[column]:
        used[column] = True
        row, best, best_column = state.row_of[column], state.infinite, 0
        for other in range(1, size):
            if used[other]:
                continue
            reduced = (
                state.cost[row - 1][other - 1] - state.row_potential[row] - state.column_potential[other]
            )
            if reduced < slack[other]:
                slack[other], previous[other] = reduced, column
            if slack[other] < best:
                best, best_column = slack[other], other
        for other in range(size):
            if used[other]:
                state.row_potential[state.row_of[other]] += best
                state.column_potential[other] -= best
            else:
                slack[other] -= best
        column = best_column
    return column, previous
