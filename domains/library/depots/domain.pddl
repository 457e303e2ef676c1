; Crates stand in stacks on pallets. A hoist of the place lifts the topmost crate of a stack, sets it
; on another stack of that place or loads it into a truck; trucks drive from any place to any other.
; There are no dead ends as long as each place with a hoist has a pallet: a hoist can always set down
; what it has lifted, and whatever is done can be undone.

(define (domain depots)
  (:requirements :strips :typing)
  (:types
    place thing - object
    hoist truck surface - thing
    pallet crate - surface)

  (:predicates
    (at ?thing - thing ?place - place)       ; not of crates that are lifted or in a truck
    (on ?crate - crate ?surface - surface)
    (clear ?surface - surface)               ; nothing stands on it, and it is in a stack
    (in ?crate - crate ?truck - truck)
    (lifting ?hoist - hoist ?crate - crate)
    (available ?hoist - hoist))

  (:action drive
    :parameters (?truck - truck ?from ?to - place)
    :precondition (at ?truck ?from)
    :effect (and (not (at ?truck ?from)) (at ?truck ?to)))

  (:action lift
    :parameters (?hoist - hoist ?crate - crate ?surface - surface ?place - place)
    :precondition (and (at ?hoist ?place) (available ?hoist)
                       (at ?crate ?place) (on ?crate ?surface) (clear ?crate))
    :effect (and (lifting ?hoist ?crate) (clear ?surface)
                 (not (available ?hoist)) (not (at ?crate ?place))
                 (not (on ?crate ?surface)) (not (clear ?crate))))

  (:action drop
    :parameters (?hoist - hoist ?crate - crate ?surface - surface ?place - place)
    :precondition (and (at ?hoist ?place) (lifting ?hoist ?crate)
                       (at ?surface ?place) (clear ?surface))
    :effect (and (at ?crate ?place) (on ?crate ?surface) (clear ?crate) (available ?hoist)
                 (not (lifting ?hoist ?crate)) (not (clear ?surface))))

  (:action load
    :parameters (?hoist - hoist ?crate - crate ?truck - truck ?place - place)
    :precondition (and (at ?hoist ?place) (lifting ?hoist ?crate) (at ?truck ?place))
    :effect (and (in ?crate ?truck) (available ?hoist)
                 (not (lifting ?hoist ?crate))))

  (:action unload
    :parameters (?hoist - hoist ?crate - crate ?truck - truck ?place - place)
    :precondition (and (at ?hoist ?place) (available ?hoist) (at ?truck ?place) (in ?crate ?truck))
    :effect (and (lifting ?hoist ?crate)
                 (not (in ?crate ?truck)) (not (available ?hoist))))
)
