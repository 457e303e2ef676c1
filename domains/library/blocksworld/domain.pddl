; Blocks on a table. A hand lifts one block at a time, and only one with nothing on it; it sets the
; block down on the table, which has room for all, or on another block with nothing on it.
; Every step can be taken back by another, so there are no dead ends.

(define (domain blocksworld)
  (:requirements :strips :typing)
  (:types block)

  (:predicates
    (on ?x ?y - block)        ; ?x stands directly on ?y
    (on-table ?x - block)
    (clear ?x - block)        ; nothing stands on ?x, and the hand does not hold it
    (holding ?x - block)
    (arm-empty))

  (:action pick-up            ; from the table
    :parameters (?x - block)
    :precondition (and (arm-empty) (clear ?x) (on-table ?x))
    :effect (and (holding ?x)
                 (not (arm-empty)) (not (clear ?x)) (not (on-table ?x))))

  (:action put-down           ; on the table
    :parameters (?x - block)
    :precondition (holding ?x)
    :effect (and (on-table ?x) (clear ?x) (arm-empty)
                 (not (holding ?x))))

  (:action unstack            ; ?x off ?y
    :parameters (?x ?y - block)
    :precondition (and (arm-empty) (clear ?x) (on ?x ?y))
    :effect (and (holding ?x) (clear ?y)
                 (not (arm-empty)) (not (clear ?x)) (not (on ?x ?y))))

  (:action stack              ; ?x on ?y
    :parameters (?x ?y - block)
    :precondition (and (holding ?x) (clear ?y))
    :effect (and (on ?x ?y) (clear ?x) (arm-empty)
                 (not (holding ?x)) (not (clear ?y))))
)
