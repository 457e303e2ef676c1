; One box, three pushes.
; In the map # is a wall, @ the worker, $ a box, . a cell that a box is to come to, * a box on one.
;   #######
;   #@$  .#
;   #     #
;   #######
(define (problem one-box)
  (:domain sokoban)
  (:objects
    c1-1 c1-2 c1-3 c1-4 c1-5
    c2-1 c2-2 c2-3 c2-4 c2-5 - cell)
  (:init
    (worker-on c1-1)
    (box-on c1-2)
    (neighbour c1-1 c1-2 east) (neighbour c1-1 c2-1 south)
    (neighbour c1-2 c1-3 east) (neighbour c1-2 c2-2 south)
    (neighbour c1-2 c1-1 west)
    (neighbour c1-3 c1-4 east) (neighbour c1-3 c2-3 south)
    (neighbour c1-3 c1-2 west)
    (neighbour c1-4 c1-5 east) (neighbour c1-4 c2-4 south)
    (neighbour c1-4 c1-3 west)
    (neighbour c1-5 c2-5 south) (neighbour c1-5 c1-4 west)
    (neighbour c2-1 c1-1 north) (neighbour c2-1 c2-2 east)
    (neighbour c2-2 c1-2 north) (neighbour c2-2 c2-3 east)
    (neighbour c2-2 c2-1 west)
    (neighbour c2-3 c1-3 north) (neighbour c2-3 c2-4 east)
    (neighbour c2-3 c2-2 west)
    (neighbour c2-4 c1-4 north) (neighbour c2-4 c2-5 east)
    (neighbour c2-4 c2-3 west)
    (neighbour c2-5 c1-5 north) (neighbour c2-5 c2-4 west))
  (:goal (box-on c1-5)))
