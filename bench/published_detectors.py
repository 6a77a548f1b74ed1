"""Detectors with published scores in the Numenta Anomaly Benchmark: they show that the scorer is right."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

_DIGITS = 12
_WINDOW = 6400
_STEP = 100
_BINS = 5
_LENGTH = 52
# 99 % of chi-squared with one degree of freedom less than there are bins.
_THRESHOLD = 13.276704135987622


def windowed_gaussian(values: Sequence[float]) -> list[float]:
    """Return the probability of being nearer to the mean of a window, one-sided; published as 39.6 and 20.9.

    The window has 6,400 values and moves on by 100. The published results were computed from scores with 12
    digits, so that values far away are all alike.
    """
    window: list[float] = []
    waiting: list[float] = []
    mean = squares = deviation = 0.0
    scores = []
    for value in values:
        distance = abs(value - mean) / deviation if window else 0.0
        scores.append(round(1 - 0.5 * math.erfc(distance / 1.4142), _DIGITS) if window else 0.0)
        if len(window) < _WINDOW:
            # One value more: Welford, "Note on a Method for Calculating Corrected Sums of Squares" (1962).
            window.append(value)
            before, mean = mean, mean + (value - mean) / len(window)
            squares += (value - before) * (value - mean)
        else:
            waiting.append(value)
            if len(waiting) < _STEP:
                continue
            window, waiting = window[_STEP:] + waiting, []
            mean = math.fsum(window) / _WINDOW
            squares = math.fsum((each - mean) ** 2 for each in window)
        deviation = math.sqrt(squares / len(window)) or 1e-6
    return scores


def relative_entropy(values: Sequence[float]) -> list[float]:
    """Return 1 where the last 52 values are spread as never before, else 0; published as 54.6 and 47.6.

    Wang and others, "Statistical Techniques for Online Anomaly Detection in Data Centers" (2011), figure 1:
    five bins between the smallest and the largest value of the whole series, hypotheses tested at 99 % of
    chi-squared.
    """
    low, step = min(values), (max(values) - min(values)) / _BINS
    known: list[list[float]] = []
    scores = []
    for place in range(len(values)):
        window = values[max(0, place - _LENGTH + 1) : place + 1]
        if not step or len(window) < _LENGTH:
            scores.append(0.0)
            continue
        bins = [min(_BINS - 1, math.ceil((value - low) / step)) for value in window]
        shares = [bins.count(number) / _LENGTH for number in range(_BINS)]
        agrees = any(2 * _LENGTH * _divergence(shares, other) < _THRESHOLD for other in known)
        scores.append(0.0 if agrees or not known else 1.0)
        if not agrees:
            known.append(shares)
    return scores


def _divergence(shares: Sequence[float], other: Sequence[float]) -> float:
    """Return the Kullback-Leibler divergence, infinite where the other has none of what is there."""
    pairs = [(mine, theirs) for mine, theirs in zip(shares, other, strict=True) if mine]
    if any(not theirs for _, theirs in pairs):
        return math.inf
    return sum(mine * math.log(mine / theirs) for mine, theirs in pairs)


PUBLISHED: dict[str, tuple[Callable[[Sequence[float]], list[float]], tuple[float, float, float]]] = {
    "Windowed Gaussian": (windowed_gaussian, (39.6, 20.9, 47.4)),
    "Relative Entropy": (relative_entropy, (54.6, 47.6, 58.8)),
}
