; Ten crates of four places; one hoist and one truck are busy at first.
(define (problem four-places)
  (:domain depots)
  (:objects
    port depot east west - place
    hoist1 hoist2 hoist3 hoist4 hoist5 - hoist
    truck1 truck2 - truck
    pallet1 pallet2 pallet3 pallet4 pallet5 pallet6 - pallet
    c1 c2 c3 c4 c5 c6 c7 c8 c9 c10 - crate)
  (:init
    (at hoist1 port) (at hoist2 depot) (at hoist3 depot) (at hoist4 east) (at hoist5 west)
    (available hoist1) (available hoist3) (available hoist4) (available hoist5)
    (lifting hoist2 c9)
    (at truck1 port) (at truck2 west) (in c10 truck2)
    (at pallet1 port) (at pallet2 port) (at pallet3 depot) (at pallet4 depot)
    (at pallet5 east) (at pallet6 west)
    (at c1 port) (on c1 pallet1) (at c2 port) (on c2 c1) (at c3 port) (on c3 c2) (clear c3)
    (at c4 port) (on c4 pallet2) (at c5 port) (on c5 c4) (clear c5)
    (at c6 depot) (on c6 pallet3) (clear c6)
    (clear pallet4)
    (at c7 east) (on c7 pallet5) (at c8 east) (on c8 c7) (clear c8)
    (clear pallet6))
  (:goal (and
    (on c1 pallet6) (on c3 c1) (on c5 c3)
    (on c2 pallet5) (on c10 c2)
    (on c7 pallet3) (on c9 c7)
    (on c8 pallet2)
    (at truck1 port) (available hoist1))))
