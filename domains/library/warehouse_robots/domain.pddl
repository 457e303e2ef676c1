; A warehouse in which goods come to people. Robots drive under pods, lift them and carry them along
; the aisles to stations, where what orders want is picked from them, and back to storage. No two
; robots fit in one place, and a carried pod does not fit past one that stands there. Lifting takes
; from the battery, one level each time; what is left is always enough to drive to a dock.
;
; Costs are seconds. There are no dead ends as long as aisles form a loop with room to spare and
; there is as much storage as pods: robots can make way, set down what they carry, and recharge.

(define (domain warehouse-robots)
  (:requirements :strips :typing :negative-preconditions :disjunctive-preconditions
                 :universal-preconditions :derived-predicates :action-costs)
  (:types
    place robot pod item order level - object
    aisle storage station dock - place)

  (:predicates
    ; what does not change
    (next-to ?place ?other - place)
    (stocks ?pod - pod ?item - item)
    (wants ?order - order ?item - item)
    (assigned ?order - order ?station - station)
    (drains-to ?level ?lower - level)
    (full-charge ?level - level)
    ; how things are
    (robot-at ?robot - robot ?place - place)
    (occupied ?place - place)                    ; by a robot
    (pod-at ?pod - pod ?storage - storage)
    (covered ?place - place)                     ; a pod stands there
    (carrying ?robot - robot ?pod - pod)
    (battery ?robot - robot ?level - level)
    (picked ?order - order ?item - item)
    ; what follows
    (complete ?order - order))

  (:functions (total-cost) - number)

  (:derived (complete ?order - order)
    (forall (?item - item) (imply (wants ?order ?item) (picked ?order ?item))))

  (:action drive
    :parameters (?robot - robot ?from ?to - place)
    :precondition (and (robot-at ?robot ?from) (next-to ?from ?to) (not (occupied ?to))
                       (forall (?pod - pod) (not (carrying ?robot ?pod))))
    :effect (and (robot-at ?robot ?to) (occupied ?to)
                 (not (robot-at ?robot ?from)) (not (occupied ?from))
                 (increase (total-cost) 2)))

  (:action carry
    :parameters (?robot - robot ?pod - pod ?from ?to - place)
    :precondition (and (robot-at ?robot ?from) (carrying ?robot ?pod) (next-to ?from ?to)
                       (not (occupied ?to)) (not (covered ?to)))
    :effect (and (robot-at ?robot ?to) (occupied ?to)
                 (not (robot-at ?robot ?from)) (not (occupied ?from))
                 (increase (total-cost) 3)))

  (:action lift
    :parameters (?robot - robot ?pod - pod ?storage - storage ?level ?lower - level)
    :precondition (and (robot-at ?robot ?storage) (pod-at ?pod ?storage)
                       (forall (?other - pod) (not (carrying ?robot ?other)))
                       (battery ?robot ?level) (drains-to ?level ?lower))
    :effect (and (carrying ?robot ?pod) (battery ?robot ?lower)
                 (not (pod-at ?pod ?storage)) (not (covered ?storage))
                 (not (battery ?robot ?level))
                 (increase (total-cost) 4)))

  (:action set-down
    :parameters (?robot - robot ?pod - pod ?storage - storage)
    :precondition (and (robot-at ?robot ?storage) (carrying ?robot ?pod))
    :effect (and (pod-at ?pod ?storage) (covered ?storage)
                 (not (carrying ?robot ?pod))
                 (increase (total-cost) 4)))

  (:action pick
    :parameters (?robot - robot ?pod - pod ?station - station ?order - order ?item - item)
    :precondition (and (robot-at ?robot ?station) (carrying ?robot ?pod) (stocks ?pod ?item)
                       (assigned ?order ?station) (wants ?order ?item)
                       (not (picked ?order ?item)))
    :effect (and (picked ?order ?item)
                 (increase (total-cost) 10)))

  (:action charge
    :parameters (?robot - robot ?dock - dock ?level ?full - level)
    :precondition (and (robot-at ?robot ?dock) (battery ?robot ?level)
                       (not (full-charge ?level)) (full-charge ?full))
    :effect (and (battery ?robot ?full) (not (battery ?robot ?level))
                 (increase (total-cost) 60)))
)
