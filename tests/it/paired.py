"""Paired proportions as scipy and statsmodels have them: lines of four counts in, lines of numbers out."""

import math
import sys

from scipy.stats import binomtest
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.proportion import proportion_confint

for line in sys.stdin:
    a, b, c, d = map(int, line.split())
    n = a + b + c + d
    p = mcnemar([[a, b], [c, d]], exact=True).pvalue
    if b + c:
        assert math.isclose(p, binomtest(b, b + c).pvalue, rel_tol=1e-9), (line, p)
    # Method 10 of Newcombe, out of the score intervals of statsmodels.
    p1, p2 = (a + b) / n, (a + c) / n
    l1, u1 = proportion_confint(a + b, n, method="wilson")
    l2, u2 = proportion_confint(a + c, n, method="wilson")
    cross = a * d - b * c
    if cross > 0:
        cross = max(cross - n / 2, 0)
    margins = (a + b) * (c + d) * (a + c) * (b + d)
    phi = cross / math.sqrt(margins) if margins else 0
    lower = p1 - p2 - math.sqrt((p1 - l1) ** 2 - 2 * phi * (p1 - l1) * (u2 - p2) + (u2 - p2) ** 2)
    upper = p1 - p2 + math.sqrt((u1 - p1) ** 2 - 2 * phi * (u1 - p1) * (p2 - l2) + (p2 - l2) ** 2)
    print(p1 - p2, lower, upper, float(p))
