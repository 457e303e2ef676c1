; Crates of one depot and two shops, some to be stacked on others.
(define (problem restock-two-shops)
  (:domain depots)
  (:objects
    depot north south - place
    hoist1 hoist2 hoist3 - hoist
    truck1 truck2 - truck
    pallet1 pallet2 pallet3 pallet4 - pallet
    rice beans lamps chairs - crate)
  (:init
    (at hoist1 depot) (at hoist2 north) (at hoist3 south)
    (available hoist1) (available hoist2) (available hoist3)
    (at truck1 depot) (at truck2 south)
    (at pallet1 depot) (at pallet2 depot) (at pallet3 north) (at pallet4 south)
    (at rice depot) (on rice pallet1)
    (at beans depot) (on beans rice)
    (at lamps depot) (on lamps pallet2)
    (at chairs south) (on chairs pallet4)
    (clear beans) (clear lamps) (clear chairs) (clear pallet3))
  (:goal (and (on rice pallet3) (on beans rice) (on lamps pallet4) (on chairs lamps))))
