import itertools
import random

import pytest

from goalsmith.benchmarks.scores import Resamples, sign_test, signed_rank_test
from goalsmith.benchmarks.scores.certainty import MOST_EXACT, MOST_RESAMPLED


def test_an_interval_holds_the_mean_and_is_the_same_for_the_same_seed():
    values = [float(i % 10) for i in range(200)]
    interval = Resamples(200, seed=1).interval(values)
    assert interval.low < 4.5 < interval.high
    # Twice the standard error of the mean is 0.41.
    assert 0.6 < interval.high - interval.low < 1.0
    assert Resamples(200, seed=1).interval(values) == interval
    assert Resamples(200, seed=2).interval(values) != interval


def test_an_interval_misses_the_truth_about_as_rarely_as_it_says():
    dice = random.Random(5)
    held = 0
    for trial in range(100):
        values = [dice.gauss(3, 1) for _ in range(40)]
        interval = Resamples(40, seed=trial).interval(values)
        held += interval.low <= 3 <= interval.high
    assert 86 <= held <= 100


def test_equal_values_leave_no_doubt_and_too_few_say_nothing():
    interval = Resamples(5).interval([2.0] * 5)
    assert (interval.low, interval.high) == (2.0, 2.0)
    assert Resamples(1).interval([2.0]) is None
    assert Resamples(0).interval([]) is None
    with pytest.raises(ValueError, match="each task"):
        Resamples(2).interval([1.0])


def test_a_wider_confidence_is_a_wider_interval():
    values = [float(i) for i in range(30)]
    resamples = Resamples(30)
    wide, narrow = resamples.interval(values, 0.99), resamples.interval(values, 0.5)
    assert wide.low < narrow.low < narrow.high < wide.high


def test_of_many_tasks_the_interval_is_that_of_a_normal_mean():
    dice = random.Random(4)
    values = [dice.random() for _ in range(MOST_RESAMPLED)]
    resampled = Resamples(MOST_RESAMPLED).interval(values)
    normal = Resamples(MOST_RESAMPLED + 1).interval([*values, 0.5])
    # The ends are 0.036 apart, and resampling leaves some chance in them.
    assert normal.low == pytest.approx(resampled.low, abs=0.003)
    assert normal.high == pytest.approx(resampled.high, abs=0.003)
    equal = Resamples(MOST_RESAMPLED + 1).interval([3.0] * (MOST_RESAMPLED + 1))
    assert (equal.low, equal.high) == (3.0, 3.0)


@pytest.mark.parametrize(
    ("differences", "p"),
    [
        ([], 1.0),
        ([0, 0], 1.0),
        ([1], 1.0),
        ([1, 2, 3, 4, 5], 2 / 32),
        ([1, 2, 3, 4, 5, 0, 0], 2 / 32),
        ([-1] * 8 + [1], 2 * (1 + 9) / 512),
        ([-1] * 2 + [1] * 2, 1.0),
    ],
)
def test_the_sign_test_counts_rises_and_falls(differences, p):
    assert sign_test(differences) == pytest.approx(p)
    assert sign_test([-d for d in differences]) == pytest.approx(p)


@pytest.mark.parametrize(
    ("differences", "p"),
    [
        ([], 1.0),
        ([0.0], 1.0),
        # All six rise: of 64 ways to choose signs, one has no fall and one no rise.
        ([1, 2, 3, 4, 5, 6], 2 / 64),
        # The falls have rank 1, as likely as none or rank 1: two of 32 ways, on both sides.
        ([-1, 2, 3, 4, 5], 4 / 32),
        # From tables of the test: a rank sum of 8 has p = 0.0488 for ten pairs.
        ([-1, 2, 3, 4, 5, 6, -7, 8, 9, 10], 0.048828125),
    ],
)
def test_the_signed_rank_test_agrees_with_tables(differences, p):
    assert signed_rank_test(differences) == pytest.approx(p)
    assert signed_rank_test([-d for d in differences]) == pytest.approx(p)


def _by_all_signs(differences):
    """The same p-value by going through every choice of signs."""
    sizes = sorted(abs(d) for d in differences if d)
    rank = {s: (sizes.index(s) + 1 + sizes.index(s) + sizes.count(s)) / 2 for s in sizes}
    ranks = [rank[s] for s in sizes]
    seen = sum(rank[d] for d in differences if d > 0)
    sums = [
        sum(r for r, sign in zip(ranks, signs, strict=True) if sign)
        for signs in itertools.product((False, True), repeat=len(ranks))
    ]
    below = sum(s <= seen for s in sums) / len(sums)
    above = sum(s >= seen for s in sums) / len(sums)
    return min(1.0, 2 * min(below, above))


@pytest.mark.parametrize("seed", range(30))
def test_the_signed_rank_test_is_that_of_all_choices_of_signs(seed):
    dice = random.Random(seed)
    differences = [dice.randint(-4, 5) for _ in range(dice.randint(1, 11))]
    assert signed_rank_test(differences) == pytest.approx(_by_all_signs(differences))


def test_the_normal_distribution_takes_over_where_counting_ends():
    dice = random.Random(3)
    many = [dice.gauss(0.3, 1) for _ in range(MOST_EXACT)]
    exact = signed_rank_test(many)
    # One more, the smallest of all, changes little but how it is computed.
    assert signed_rank_test([*many, 1e-9]) == pytest.approx(exact, rel=0.1)
    assert signed_rank_test([1.0, -1.0] * 200) == pytest.approx(1.0)
    assert signed_rank_test([1.0] * 400) < 1e-50
