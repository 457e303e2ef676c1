; Two crates on one pallet change places, by way of the truck.
(define (problem two-crates)
  (:domain depots)
  (:objects
    harbour shop - place
    crane1 crane2 - hoist
    lorry - truck
    quay floor - pallet
    tea coffee - crate)
  (:init
    (at crane1 harbour) (at crane2 shop) (available crane1) (available crane2)
    (at lorry shop)
    (at quay harbour) (at floor shop)
    (at tea harbour) (on tea quay) (at coffee harbour) (on coffee tea)
    (clear coffee) (clear floor))
  (:goal (and (on tea floor) (on coffee quay))))
