"""Small tasks written for the tests."""

from __future__ import annotations

from goalsmith.domains.language import Task
from goalsmith.domains.reader import read_task

BLOCKS = """
(define (domain towers)
  (:requirements :strips)
  (:predicates (on ?x ?y) (table ?x) (clear ?x) (hand ?x) (free))
  (:action lift :parameters (?x)
    :precondition (and (table ?x) (clear ?x) (free))
    :effect (and (hand ?x) (not (table ?x)) (not (clear ?x)) (not (free))))
  (:action lower :parameters (?x)
    :precondition (hand ?x)
    :effect (and (table ?x) (clear ?x) (free) (not (hand ?x))))
  (:action pile :parameters (?x ?y)
    :precondition (and (hand ?x) (clear ?y))
    :effect (and (on ?x ?y) (clear ?x) (free) (not (hand ?x)) (not (clear ?y))))
  (:action unpile :parameters (?x ?y)
    :precondition (and (on ?x ?y) (clear ?x) (free))
    :effect (and (hand ?x) (clear ?y) (not (on ?x ?y)) (not (clear ?x)) (not (free)))))
"""

ONE_WAY = """
(define (domain one-way)
  (:predicates (at-start) (left) (right) (never))
  (:action go-left :parameters () :precondition (at-start)
    :effect (and (left) (not (at-start))))
  (:action go-right :parameters () :precondition (at-start)
    :effect (and (right) (not (at-start)))))
"""

CHAIN = """
(define (domain chain)
  (:requirements :derived-predicates :negative-preconditions)
  (:predicates (wire ?x ?y) (live ?x) (lit ?x))
  (:derived (live ?x) (exists (?y) (and (live ?y) (wire ?y ?x))))
  (:derived (live ?x) (lit ?x))
  (:action connect :parameters (?x ?y) :precondition (live ?x) :effect (wire ?x ?y))
  (:action cut :parameters (?x ?y) :precondition (wire ?x ?y) :effect (not (wire ?x ?y))))
"""


def towers(goal: str, on: str = "", blocks: str = "a b c") -> Task:
    """Blocks on a table, all clear, but for `on` as (on x y) atoms written out with the rest."""
    names = blocks.split()
    init = on or " ".join(f"(table {n}) (clear {n})" for n in names)
    problem = f"""
    (define (problem towers-{len(names)}) (:domain towers)
      (:objects {blocks}) (:init (free) {init}) (:goal {goal}))
    """
    return read_task(BLOCKS, problem)


def one_way(goal: str) -> Task:
    """A fork: going one way, the other is lost for good."""
    problem = f"(define (problem fork) (:domain one-way) (:init (at-start)) (:goal {goal}))"
    return read_task(ONE_WAY, problem)


def chain(init: str, goal: str) -> Task:
    """Lamps on a wire; being live is derived."""
    problem = f"""
    (define (problem lamps) (:domain chain)
      (:objects p q r) (:init (lit p) {init}) (:goal {goal}))
    """
    return read_task(CHAIN, problem)
