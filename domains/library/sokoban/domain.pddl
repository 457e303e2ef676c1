; A worker walks through a maze of cells and pushes boxes, one at a time and never two in a row. Boxes
; are alike, and cannot be pulled: a box in a corner stays there. So, unlike the other domains of the
; library, this one has dead ends by its nature, and a wrong push may leave no plan at all.

(define (domain sokoban)
  (:requirements :strips :typing :negative-preconditions)
  (:types cell direction)
  (:constants north east south west - direction)

  (:predicates
    (neighbour ?from ?to - cell ?direction - direction)   ; where walls are, there is no cell
    (worker-on ?cell - cell)
    (box-on ?cell - cell))

  (:action walk
    :parameters (?from ?to - cell ?direction - direction)
    :precondition (and (worker-on ?from) (neighbour ?from ?to ?direction) (not (box-on ?to)))
    :effect (and (worker-on ?to) (not (worker-on ?from))))

  (:action push
    :parameters (?from ?to ?beyond - cell ?direction - direction)
    :precondition (and (worker-on ?from) (box-on ?to) (not (box-on ?beyond))
                       (neighbour ?from ?to ?direction) (neighbour ?to ?beyond ?direction))
    :effect (and (worker-on ?to) (not (worker-on ?from))
                 (box-on ?beyond) (not (box-on ?to))))
)
