; Three boxes out of a room and into a store behind a passage.
; In the map # is a wall, @ the worker, $ a box, . a cell that a box is to come to, * a box on one.
;   ##########
;   #    #####
;   # $ $    #
;   #  @ $   #
;   ##### ####
;   #      ###
;   # ...  ###
;   ##########
(define (problem store-room)
  (:domain sokoban)
  (:objects
    c1-1 c1-2 c1-3 c1-4
    c2-1 c2-2 c2-3 c2-4 c2-5 c2-6 c2-7 c2-8
    c3-1 c3-2 c3-3 c3-4 c3-5 c3-6 c3-7 c3-8
    c4-5
    c5-1 c5-2 c5-3 c5-4 c5-5 c5-6
    c6-1 c6-2 c6-3 c6-4 c6-5 c6-6 - cell)
  (:init
    (worker-on c3-3)
    (box-on c2-2) (box-on c2-4) (box-on c3-5)
    (neighbour c1-1 c1-2 east) (neighbour c1-1 c2-1 south)
    (neighbour c1-2 c1-3 east) (neighbour c1-2 c2-2 south)
    (neighbour c1-2 c1-1 west)
    (neighbour c1-3 c1-4 east) (neighbour c1-3 c2-3 south)
    (neighbour c1-3 c1-2 west)
    (neighbour c1-4 c2-4 south) (neighbour c1-4 c1-3 west)
    (neighbour c2-1 c1-1 north) (neighbour c2-1 c2-2 east)
    (neighbour c2-1 c3-1 south)
    (neighbour c2-2 c1-2 north) (neighbour c2-2 c2-3 east)
    (neighbour c2-2 c3-2 south) (neighbour c2-2 c2-1 west)
    (neighbour c2-3 c1-3 north) (neighbour c2-3 c2-4 east)
    (neighbour c2-3 c3-3 south) (neighbour c2-3 c2-2 west)
    (neighbour c2-4 c1-4 north) (neighbour c2-4 c2-5 east)
    (neighbour c2-4 c3-4 south) (neighbour c2-4 c2-3 west)
    (neighbour c2-5 c2-6 east) (neighbour c2-5 c3-5 south)
    (neighbour c2-5 c2-4 west)
    (neighbour c2-6 c2-7 east) (neighbour c2-6 c3-6 south)
    (neighbour c2-6 c2-5 west)
    (neighbour c2-7 c2-8 east) (neighbour c2-7 c3-7 south)
    (neighbour c2-7 c2-6 west)
    (neighbour c2-8 c3-8 south) (neighbour c2-8 c2-7 west)
    (neighbour c3-1 c2-1 north) (neighbour c3-1 c3-2 east)
    (neighbour c3-2 c2-2 north) (neighbour c3-2 c3-3 east)
    (neighbour c3-2 c3-1 west)
    (neighbour c3-3 c2-3 north) (neighbour c3-3 c3-4 east)
    (neighbour c3-3 c3-2 west)
    (neighbour c3-4 c2-4 north) (neighbour c3-4 c3-5 east)
    (neighbour c3-4 c3-3 west)
    (neighbour c3-5 c2-5 north) (neighbour c3-5 c3-6 east)
    (neighbour c3-5 c4-5 south) (neighbour c3-5 c3-4 west)
    (neighbour c3-6 c2-6 north) (neighbour c3-6 c3-7 east)
    (neighbour c3-6 c3-5 west)
    (neighbour c3-7 c2-7 north) (neighbour c3-7 c3-8 east)
    (neighbour c3-7 c3-6 west)
    (neighbour c3-8 c2-8 north) (neighbour c3-8 c3-7 west)
    (neighbour c4-5 c3-5 north) (neighbour c4-5 c5-5 south)
    (neighbour c5-1 c5-2 east) (neighbour c5-1 c6-1 south)
    (neighbour c5-2 c5-3 east) (neighbour c5-2 c6-2 south)
    (neighbour c5-2 c5-1 west)
    (neighbour c5-3 c5-4 east) (neighbour c5-3 c6-3 south)
    (neighbour c5-3 c5-2 west)
    (neighbour c5-4 c5-5 east) (neighbour c5-4 c6-4 south)
    (neighbour c5-4 c5-3 west)
    (neighbour c5-5 c4-5 north) (neighbour c5-5 c5-6 east)
    (neighbour c5-5 c6-5 south) (neighbour c5-5 c5-4 west)
    (neighbour c5-6 c6-6 south) (neighbour c5-6 c5-5 west)
    (neighbour c6-1 c5-1 north) (neighbour c6-1 c6-2 east)
    (neighbour c6-2 c5-2 north) (neighbour c6-2 c6-3 east)
    (neighbour c6-2 c6-1 west)
    (neighbour c6-3 c5-3 north) (neighbour c6-3 c6-4 east)
    (neighbour c6-3 c6-2 west)
    (neighbour c6-4 c5-4 north) (neighbour c6-4 c6-5 east)
    (neighbour c6-4 c6-3 west)
    (neighbour c6-5 c5-5 north) (neighbour c6-5 c6-6 east)
    (neighbour c6-5 c6-4 west)
    (neighbour c6-6 c5-6 north) (neighbour c6-6 c6-5 west))
  (:goal (and (box-on c6-2) (box-on c6-3) (box-on c6-4))))
