; Packages are delivered to places in several cities. Trucks drive between the places of one city,
; aeroplanes fly between the airports of all. A vehicle takes any number of packages.
; There are no dead ends as long as each city has an airport and a truck, and there is an aeroplane.

(define (domain logistics)
  (:requirements :strips :typing)
  (:types
    airport - place
    truck aeroplane - vehicle
    package vehicle - movable
    place city movable - object)

  (:predicates
    (in-city ?place - place ?city - city)
    (at ?thing - movable ?place - place)
    (aboard ?package - package ?vehicle - vehicle))

  (:action load
    :parameters (?package - package ?vehicle - vehicle ?place - place)
    :precondition (and (at ?package ?place) (at ?vehicle ?place))
    :effect (and (aboard ?package ?vehicle) (not (at ?package ?place))))

  (:action unload
    :parameters (?package - package ?vehicle - vehicle ?place - place)
    :precondition (and (aboard ?package ?vehicle) (at ?vehicle ?place))
    :effect (and (at ?package ?place) (not (aboard ?package ?vehicle))))

  (:action drive
    :parameters (?truck - truck ?from ?to - place ?city - city)
    :precondition (and (at ?truck ?from) (in-city ?from ?city) (in-city ?to ?city))
    :effect (and (not (at ?truck ?from)) (at ?truck ?to)))

  (:action fly
    :parameters (?aeroplane - aeroplane ?from ?to - airport)
    :precondition (at ?aeroplane ?from)
    :effect (and (not (at ?aeroplane ?from)) (at ?aeroplane ?to)))
)
