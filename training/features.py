"""Rows of places as sparse tables, and weights as they are kept."""

from collections.abc import Iterable

import numpy as np
from scipy.sparse import csr_matrix, diags


def weighted(rows: Iterable[tuple[np.ndarray, np.ndarray]], bits: int) -> csr_matrix:
    """Return what places count, one row to each text."""
    places, shares = zip(*rows, strict=True)
    found = table(places, bits, summed=False)
    found.data = np.concatenate(shares).astype(np.float32)
    found.sum_duplicates()
    return found


def table(rows: Iterable[np.ndarray], bits: int, *, summed: bool = True) -> csr_matrix:
    """Return counts of places, one row to each text."""
    rows = list(rows)
    ends = np.zeros(len(rows) + 1, dtype=np.int64)
    np.cumsum([len(one) for one in rows], out=ends[1:])
    places = np.concatenate(rows) if rows else np.zeros(0, np.int32)
    found = csr_matrix(
        (np.ones(len(places), np.float32), places, ends), shape=(len(rows), 1 << bits)
    )
    if summed:
        found.sum_duplicates()
    return found


def by_length(counts: csr_matrix) -> csr_matrix:
    """Divide each row by the root of how many places it has."""
    many = np.asarray(counts.sum(axis=1)).ravel()
    return diags(1 / np.sqrt(np.maximum(many, 1))).dot(counts).tocsr().astype(np.float32)


def by_rarity(counts: csr_matrix, rarity: np.ndarray) -> csr_matrix:
    """Weigh each place by its rarity, and divide each row by its length as the detector does."""
    weighed = counts.copy()
    weighed.data = weighed.data * rarity[weighed.indices].astype(np.float32)
    square = np.asarray(
        csr_matrix((weighed.data * rarity[weighed.indices], weighed.indices, weighed.indptr)).sum(1)
    ).ravel()
    weighed.eliminate_zeros()
    return diags(1 / np.sqrt(np.maximum(square, 1))).dot(weighed).tocsr().astype(np.float32)


def quantised(weights: np.ndarray, *, share: float = 0.9999) -> tuple[np.ndarray, np.ndarray]:
    """Return weights as whole numbers from -127 to 127, column by column, and the scale of each.

    :param share: of the weights, those that are smaller than the largest that is kept
    """
    weights = weights.reshape(len(weights), -1)
    used = np.abs(weights)
    largest = np.array(
        [np.quantile(column[column > 0], share) for column in used.T], dtype=np.float32
    )
    scale = largest / 127
    return np.clip(np.rint(weights / scale), -127, 127).astype(np.int8), scale
