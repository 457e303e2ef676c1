; A robot that fetches things from rooms, one at a time.
(define (domain courier)
  (:requirements :typing)
  (:types room item)
  (:predicates (at ?room - room) (door ?from ?to - room)
               (in ?item - item ?room - room) (holding ?item - item) (hand-empty))
  (:action move
    :parameters (?from ?to - room)
    :precondition (and (at ?from) (door ?from ?to))
    :effect (and (not (at ?from)) (at ?to)))
  (:action pick-up
    :parameters (?item - item ?room - room)
    :precondition (and (in ?item ?room) (at ?room) (hand-empty))
    :effect (and (not (in ?item ?room)) (not (hand-empty)) (holding ?item)))
  (:action put-down
    :parameters (?item - item ?room - room)
    :precondition (and (holding ?item) (at ?room))
    :effect (and (not (holding ?item)) (hand-empty) (in ?item ?room))))
