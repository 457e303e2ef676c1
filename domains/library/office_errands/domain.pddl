; A robot runs errands in an office. It carries one item in each hand, prints documents, has people
; sign them in the right order, hands them over, serves coffee, and opens locked doors with their
; keys. Nobody in a meeting is to be disturbed; meetings can be waited out.
;
; Costs are seconds. There are no dead ends as long as the key of each locked door can be reached
; without going through that door: whatever is handed over can be collected, and what is locked can
; be unlocked by whoever locked it.

(define (domain office-errands)
  (:requirements :strips :typing :negative-preconditions :disjunctive-preconditions
                 :existential-preconditions :universal-preconditions :action-costs)
  (:types
    room door hand person printer item - object
    key document cup - item)

  (:predicates
    ; what does not change
    (joins ?door - door ?room ?other - room)
    (opens ?key - key ?door - door)
    (works-in ?person - person ?room - room)
    (printer-in ?printer - printer ?room - room)
    (coffee-in ?room - room)                               ; a coffee machine
    (signs-before ?first ?second - person ?document - document)
    ; how things are
    (robot-in ?room - room)
    (locked ?door - door)
    (free ?hand - hand)
    (carrying ?hand - hand ?item - item)
    (lies-in ?item - item ?room - room)
    (has ?person - person ?document - document)
    (busy ?person - person)                                ; in a meeting
    (out-of-paper ?printer - printer)
    (printed ?document - document)
    (signed ?person - person ?document - document)
    (full ?cup - cup)
    (served ?person - person))

  (:functions
    (walking-seconds ?door - door) - number
    (total-cost) - number)

  (:action go
    :parameters (?from ?to - room ?door - door)
    :precondition (and (robot-in ?from) (joins ?door ?from ?to) (not (locked ?door)))
    :effect (and (robot-in ?to) (not (robot-in ?from))
                 (increase (total-cost) (walking-seconds ?door))))

  (:action unlock
    :parameters (?door - door ?key - key ?hand - hand ?room - room)
    :precondition (and (robot-in ?room) (locked ?door) (opens ?key ?door) (carrying ?hand ?key)
                       (exists (?other - room) (joins ?door ?room ?other)))
    :effect (and (not (locked ?door))
                 (increase (total-cost) 5)))

  (:action lock
    :parameters (?door - door ?key - key ?hand - hand ?room - room)
    :precondition (and (robot-in ?room) (not (locked ?door)) (opens ?key ?door)
                       (carrying ?hand ?key)
                       (exists (?other - room) (joins ?door ?room ?other)))
    :effect (and (locked ?door)
                 (increase (total-cost) 5)))

  (:action pick-up
    :parameters (?item - item ?hand - hand ?room - room)
    :precondition (and (robot-in ?room) (lies-in ?item ?room) (free ?hand))
    :effect (and (carrying ?hand ?item)
                 (not (lies-in ?item ?room)) (not (free ?hand))
                 (increase (total-cost) 3)))

  (:action put-down
    :parameters (?item - item ?hand - hand ?room - room)
    :precondition (and (robot-in ?room) (carrying ?hand ?item))
    :effect (and (lies-in ?item ?room) (free ?hand)
                 (not (carrying ?hand ?item))
                 (increase (total-cost) 3)))

  (:action refill-paper
    :parameters (?printer - printer ?room - room)
    :precondition (and (robot-in ?room) (printer-in ?printer ?room) (out-of-paper ?printer))
    :effect (and (not (out-of-paper ?printer))
                 (increase (total-cost) 20)))

  (:action print
    :parameters (?document - document ?printer - printer ?hand - hand ?room - room)
    :precondition (and (robot-in ?room) (printer-in ?printer ?room) (not (out-of-paper ?printer))
                       (not (printed ?document)) (free ?hand))
    :effect (and (printed ?document) (carrying ?hand ?document) (not (free ?hand))
                 (increase (total-cost) 15)))

  (:action wait-for
    :parameters (?person - person)
    :precondition (busy ?person)
    :effect (and (not (busy ?person))
                 (increase (total-cost) 600)))

  (:action have-signed
    :parameters (?person - person ?document - document ?hand - hand ?room - room)
    :precondition (and (robot-in ?room) (works-in ?person ?room) (carrying ?hand ?document)
                       (not (busy ?person)) (not (signed ?person ?document))
                       (forall (?other - person)
                         (imply (signs-before ?other ?person ?document)
                                (signed ?other ?document))))
    :effect (and (signed ?person ?document)
                 (increase (total-cost) 10)))

  (:action hand-over
    :parameters (?document - document ?person - person ?hand - hand ?room - room)
    :precondition (and (robot-in ?room) (works-in ?person ?room) (not (busy ?person))
                       (carrying ?hand ?document))
    :effect (and (has ?person ?document) (free ?hand)
                 (not (carrying ?hand ?document))
                 (increase (total-cost) 4)))

  (:action collect
    :parameters (?document - document ?person - person ?hand - hand ?room - room)
    :precondition (and (robot-in ?room) (works-in ?person ?room) (not (busy ?person))
                       (has ?person ?document) (free ?hand))
    :effect (and (carrying ?hand ?document)
                 (not (has ?person ?document)) (not (free ?hand))
                 (increase (total-cost) 4)))

  (:action fill
    :parameters (?cup - cup ?hand - hand ?room - room)
    :precondition (and (robot-in ?room) (coffee-in ?room) (carrying ?hand ?cup) (not (full ?cup)))
    :effect (and (full ?cup)
                 (increase (total-cost) 30)))

  (:action serve
    :parameters (?person - person ?cup - cup ?hand - hand ?room - room)
    :precondition (and (robot-in ?room) (works-in ?person ?room) (not (busy ?person))
                       (carrying ?hand ?cup) (full ?cup))
    :effect (and (served ?person) (not (full ?cup))
                 (increase (total-cost) 8)))
)
