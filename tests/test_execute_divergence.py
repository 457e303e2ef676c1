from fractions import Fraction

from goalsmith.domains.formula import Atom, FunctionTerm
from goalsmith.domains.language import State
from goalsmith.execute import Divergence, NumberChange, compare

FUEL = FunctionTerm("fuel", ("t1",))
LOAD = FunctionTerm("load", ("t1",))


def _state(*atoms: tuple[str, ...], **numbers: Fraction) -> State:
    terms = {"fuel": FUEL, "load": LOAD}
    return State(
        frozenset(Atom(a[0], a[1:]) for a in atoms),
        frozenset((terms[name], value) for name, value in numbers.items()),
    )


def test_equal_states_do_not_diverge():
    state = _state(("on", "a", "b"), fuel=Fraction(3))
    divergence = compare(state, _state(("on", "a", "b"), fuel=Fraction(3)))
    assert not divergence
    assert divergence == Divergence()
    assert divergence.render() == divergence.summary() == ""


def test_what_is_expected_and_not_seen_is_missing_and_the_reverse_unexpected():
    divergence = compare(
        _state(("on", "a", "b"), ("clear", "a")), _state(("clear", "a"), ("held", "a"))
    )
    assert divergence
    assert divergence.missing == {Atom("on", ("a", "b"))}
    assert divergence.unexpected == {Atom("held", ("a",))}
    assert divergence.changed == ()


def test_a_number_alone_makes_states_diverge():
    divergence = compare(_state(fuel=Fraction(3)), _state(fuel=Fraction(5, 2)))
    assert divergence
    assert divergence.changed == (NumberChange(FUEL, Fraction(3), Fraction(5, 2)),)


def test_a_number_without_a_value_differs_from_zero():
    divergence = compare(_state(fuel=Fraction(0)), _state(load=Fraction(0)))
    assert divergence.changed == (
        NumberChange(FUEL, Fraction(0), None),
        NumberChange(LOAD, None, Fraction(0)),
    )


def test_a_divergence_is_rendered_in_a_fixed_order():
    divergence = compare(
        _state(("on", "b", "c"), ("on", "a", "b"), ("clear", "c"), fuel=Fraction(3)),
        _state(("held", "a"), ("clear", "b"), fuel=Fraction(5, 2), load=Fraction(1)),
    )
    assert divergence.render() == (
        "missing     (clear c)\n"
        "missing     (on a b)\n"
        "missing     (on b c)\n"
        "unexpected  (clear b)\n"
        "unexpected  (held a)\n"
        "changed     (fuel t1) is 2.5, not 3\n"
        "changed     (load t1) is 1, not without a value"
    )


def test_a_summary_is_one_line_and_counts_what_it_does_not_name():
    expected = _state(*(("clear", f"b{i}") for i in range(5)))
    summary = compare(expected, _state(("held", "a"))).summary()
    assert summary == "missing: (clear b0), (clear b1), (clear b2) and 2 more; unexpected: (held a)"
