; Two boxes around a pillar.
; In the map # is a wall, @ the worker, $ a box, . a cell that a box is to come to, * a box on one.
;   ########
;   #  .   #
;   # $ #  #
;   #  @ $ #
;   #   .  #
;   ########
(define (problem two-boxes)
  (:domain sokoban)
  (:objects
    c1-1 c1-2 c1-3 c1-4 c1-5 c1-6
    c2-1 c2-2 c2-3 c2-5 c2-6
    c3-1 c3-2 c3-3 c3-4 c3-5 c3-6
    c4-1 c4-2 c4-3 c4-4 c4-5 c4-6 - cell)
  (:init
    (worker-on c3-3)
    (box-on c2-2) (box-on c3-5)
    (neighbour c1-1 c1-2 east) (neighbour c1-1 c2-1 south)
    (neighbour c1-2 c1-3 east) (neighbour c1-2 c2-2 south)
    (neighbour c1-2 c1-1 west)
    (neighbour c1-3 c1-4 east) (neighbour c1-3 c2-3 south)
    (neighbour c1-3 c1-2 west)
    (neighbour c1-4 c1-5 east) (neighbour c1-4 c1-3 west)
    (neighbour c1-5 c1-6 east) (neighbour c1-5 c2-5 south)
    (neighbour c1-5 c1-4 west)
    (neighbour c1-6 c2-6 south) (neighbour c1-6 c1-5 west)
    (neighbour c2-1 c1-1 north) (neighbour c2-1 c2-2 east)
    (neighbour c2-1 c3-1 south)
    (neighbour c2-2 c1-2 north) (neighbour c2-2 c2-3 east)
    (neighbour c2-2 c3-2 south) (neighbour c2-2 c2-1 west)
    (neighbour c2-3 c1-3 north) (neighbour c2-3 c3-3 south)
    (neighbour c2-3 c2-2 west)
    (neighbour c2-5 c1-5 north) (neighbour c2-5 c2-6 east)
    (neighbour c2-5 c3-5 south)
    (neighbour c2-6 c1-6 north) (neighbour c2-6 c3-6 south)
    (neighbour c2-6 c2-5 west)
    (neighbour c3-1 c2-1 north) (neighbour c3-1 c3-2 east)
    (neighbour c3-1 c4-1 south)
    (neighbour c3-2 c2-2 north) (neighbour c3-2 c3-3 east)
    (neighbour c3-2 c4-2 south) (neighbour c3-2 c3-1 west)
    (neighbour c3-3 c2-3 north) (neighbour c3-3 c3-4 east)
    (neighbour c3-3 c4-3 south) (neighbour c3-3 c3-2 west)
    (neighbour c3-4 c3-5 east) (neighbour c3-4 c4-4 south)
    (neighbour c3-4 c3-3 west)
    (neighbour c3-5 c2-5 north) (neighbour c3-5 c3-6 east)
    (neighbour c3-5 c4-5 south) (neighbour c3-5 c3-4 west)
    (neighbour c3-6 c2-6 north) (neighbour c3-6 c4-6 south)
    (neighbour c3-6 c3-5 west)
    (neighbour c4-1 c3-1 north) (neighbour c4-1 c4-2 east)
    (neighbour c4-2 c3-2 north) (neighbour c4-2 c4-3 east)
    (neighbour c4-2 c4-1 west)
    (neighbour c4-3 c3-3 north) (neighbour c4-3 c4-4 east)
    (neighbour c4-3 c4-2 west)
    (neighbour c4-4 c3-4 north) (neighbour c4-4 c4-5 east)
    (neighbour c4-4 c4-3 west)
    (neighbour c4-5 c3-5 north) (neighbour c4-5 c4-6 east)
    (neighbour c4-5 c4-4 west)
    (neighbour c4-6 c3-6 north) (neighbour c4-6 c4-5 west))
  (:goal (and (box-on c1-3) (box-on c4-4))))
