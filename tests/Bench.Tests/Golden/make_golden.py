"""Writes rank-sum.json and functions.json: values from scipy and from an independent implementation of the formulas.

Run: /usr/bin/python3 make_golden.py (Debian 12: python3-scipy)
"""
import json
import math
from itertools import combinations

import numpy as np
from scipy import stats


def exact(a, b):
    """The part of all assignments of the midranks whose sum for the first sample is at most the observed one, by enumeration."""
    ranks = stats.rankdata(np.concatenate([a, b]))
    seen = ranks[:len(a)].sum()
    sums = [sum(c) for c in combinations(ranks, len(a))]
    return sum(s <= seen + 1e-9 for s in sums) / len(sums)


def rank_sum():
    rng = np.random.default_rng(1)
    cases = [([1, 2, 3, 4, 5], [6, 7, 8, 9, 10]), ([1, 1, 1, 1, 1], [1] * 12), ([0.5, 0.5, 2, 3], [0.5, 1, 1, 4, 5, 5]), ([3.0] * 5, [4.0] * 14)]
    cases += [(rng.normal(0, 1, 5).round(1).tolist(), rng.normal(0.7, 1, n).round(1).tolist()) for n in (3, 4, 10)]
    out = [{"first": a, "second": b, "p": exact(np.array(a), np.array(b)), "exact": True} for a, b in cases]
    # Without ties scipy has its own exact test, up to any size.
    for n, m in [(5, 20), (20, 20), (10, 30)]:
        a, b = rng.normal(0, 1, n).tolist(), rng.normal(0.5, 1, m).tolist()
        out.append({"first": a, "second": b, "p": stats.mannwhitneyu(a, b, alternative="less", method="exact").pvalue, "exact": True})
    for n, m in [(40, 40), (30, 90), (5, 80)]:
        a, b = rng.normal(0, 1, n).round(1).tolist(), rng.normal(0.3, 1, m).round(1).tolist()
        p = stats.mannwhitneyu(a, b, alternative="less", method="asymptotic", use_continuity=True).pvalue
        out.append({"first": a, "second": b, "p": p, "exact": False})
    return out


A = np.array([1, 1.2, 3, 3.2])
A3 = np.array([[3, 10, 30], [.1, 10, 35]] * 2)
P3 = np.array([[.3689, .1170, .2673], [.4699, .4387, .7470], [.1091, .8732, .5547], [.0381, .5743, .8828]])
A6 = np.array([[10, 3, 17, 3.5, 1.7, 8], [.05, 10, 17, .1, 8, 14], [3, 3.5, 1.7, 10, 17, 8], [17, 8, .05, 10, .1, 14]])
P6 = np.array([[1312, 1696, 5569, 124, 8283, 5886], [2329, 4135, 8307, 3736, 1004, 9991], [2348, 1451, 3522, 2883, 3047, 6650],
               [4047, 8828, 8732, 5743, 1091, 381]]) * 1e-4
C = np.array([[4] * 4, [1] * 4, [8] * 4, [6] * 4, [3, 7, 3, 7], [2, 9, 2, 9], [5, 3, 5, 3], [8, 1, 8, 1], [6, 2, 6, 2], [7, 3.6, 7, 3.6]])
BETA = np.array([1, 2, 2, 4, 4, 6, 3, 7, 5, 5]) / 10


def hartmann(x, a, p):
    return -float(A @ np.exp(-(a * (x - p) ** 2).sum(axis=1)))


def rosenbrock(x):
    return float((100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2).sum())


def levy(x):
    w = 1 + (x - 1) / 4
    mid = (w[:-1] - 1) ** 2 * (1 + 10 * np.sin(np.pi * w[:-1] + 1) ** 2)
    return float(np.sin(np.pi * w[0]) ** 2 + mid.sum() + (w[-1] - 1) ** 2 * (1 + np.sin(2 * np.pi * w[-1]) ** 2))


def ackley(x):
    return float(-20 * np.exp(-.2 * np.sqrt((x ** 2).mean())) - np.exp(np.cos(2 * np.pi * x).mean()) + 20 + math.e)


def branin(x):
    return (x[1] - 5.1 / (4 * math.pi ** 2) * x[0] ** 2 + 5 / math.pi * x[0] - 6) ** 2 + 10 * (1 - 1 / (8 * math.pi)) * math.cos(x[0]) + 10


def i(x):
    return np.arange(1, len(x) + 1)


def griewank(x):
    return float(1 + (x ** 2).sum() / 4000 - np.cos(x / np.sqrt(i(x))).prod())


def michalewicz(x):
    return float(-(np.sin(x) * np.sin(i(x) * x ** 2 / np.pi) ** 20).sum())


def bohachevsky(x):
    return x[0] ** 2 + 2 * x[1] ** 2 - .3 * math.cos(3 * math.pi * x[0]) - .4 * math.cos(4 * math.pi * x[1]) + .7


FUNCTIONS = {
    "branin": (branin, 2, None), "hartmann3": (lambda x: hartmann(x, A3, P3), 3, (0, 1)), "hartmann6": (lambda x: hartmann(x, A6, P6), 6, (0, 1)),
    "rosenbrock4": (rosenbrock, 4, (-5, 10)), "rosenbrock10": (rosenbrock, 10, (-5, 10)), "levy6": (levy, 6, (-10, 10)),
    "michalewicz5": (michalewicz, 5, (0, math.pi)), "styblinskitang6": (lambda x: float((x ** 4 - 16 * x ** 2 + 5 * x).sum() / 2), 6, (-5, 5)),
    "shekel4": (lambda x: float(-(1 / (BETA + ((x - C) ** 2).sum(axis=1))).sum()), 4, (0, 10)),
    "schwefel4": (lambda x: float(418.9829 * len(x) - (x * np.sin(np.sqrt(np.abs(x)))).sum()), 4, (-500, 500)),
    "ackley5_s": (ackley, 5, (-32.768, 32.768)), "ackley20_s": (ackley, 20, (-32.768, 32.768)),
    "rastrigin4_s": (lambda x: float((10 + x ** 2 - 10 * np.cos(2 * np.pi * x)).sum()), 4, (-5.12, 5.12)),
    "griewank6_s": (griewank, 6, (-600, 600)), "bohachevsky_s": (bohachevsky, 2, (-100, 100)),
    "ackley20_hd": (ackley, 20, (-32.768, 32.768)), "ackley50_hd": (ackley, 50, (-32.768, 32.768)), "rosenbrock20_hd": (rosenbrock, 20, (-5, 10)),
    "rosenbrock50_hd": (rosenbrock, 50, (-5, 10)), "levy20_hd": (levy, 20, (-10, 10)), "levy50_hd": (levy, 50, (-10, 10)),
    "rosenbrock4_border": (rosenbrock, 4, (-5, 1)), "levy6_border": (levy, 6, (1, 10)),
}


def functions():
    rng = np.random.default_rng(2)
    out = {}
    for name, (f, d, box) in FUNCTIONS.items():
        low, high = (np.array([-5, 0]), np.array([10, 15])) if box is None else box
        x = (low + rng.random(d) * (high - low)) * np.ones(d)
        moved = name.endswith(("_s", "_hd"))
        offset = (((.1 + .61803398875 * i(x)) % 1) * .6 - .3) * (high - low) if moved else 0
        out[name] = {"point": x.tolist(), "value": float(f(x - offset))}
    return out


for name, value in (("rank-sum", rank_sum()), ("functions", functions())):
    with open(f"{name}.json", "w", encoding="utf-8") as file:
        json.dump(value, file, indent=None if name == "rank-sum" else 1)
        file.write("\n")
