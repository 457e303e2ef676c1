; The domain of the problems, goals and plans in this folder that bring none of their own.
(define (domain blocks)
  (:requirements :typing :action-costs)
  (:types block hand - object)
  (:constants table - object)
  (:predicates (on ?x - block ?y - object) (clear ?x - block) (holding ?h - hand ?x - block))
  (:functions (total-cost) (weight ?x - block))
  (:action pick-up
    :parameters (?h - hand ?x - block)
    :precondition (and (clear ?x) (on ?x table))
    :effect (and (holding ?h ?x) (not (on ?x table)) (increase (total-cost) (weight ?x)))))
