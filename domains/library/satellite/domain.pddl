; Satellites take images of targets. Each carries instruments, of which it can power one at a time;
; an instrument is calibrated on a star of its own after it was switched on, and stays so until it is
; switched off. Costs are seconds, most of them for turning. There are no dead ends.

(define (domain satellite)
  (:requirements :strips :typing :negative-preconditions :disjunctive-preconditions
                 :universal-preconditions :action-costs)
  (:types
    satellite instrument mode direction - object
    star target - direction)

  (:predicates
    ; what does not change
    (carries ?satellite - satellite ?instrument - instrument)
    (supports ?instrument - instrument ?mode - mode)
    (calibrates-on ?instrument - instrument ?star - star)
    ; how things are
    (pointing ?satellite - satellite ?direction - direction)
    (powered ?instrument - instrument)
    (calibrated ?instrument - instrument)
    (imaged ?target - target ?mode - mode))

  (:functions
    (turn-seconds ?from ?to - direction) - number
    (total-cost) - number)

  (:action turn
    :parameters (?satellite - satellite ?from ?to - direction)
    :precondition (and (pointing ?satellite ?from) (not (pointing ?satellite ?to)))
    :effect (and (pointing ?satellite ?to) (not (pointing ?satellite ?from))
                 (increase (total-cost) (turn-seconds ?from ?to))))

  (:action switch-on
    :parameters (?instrument - instrument ?satellite - satellite)
    :precondition (and (carries ?satellite ?instrument)
                       (forall (?other - instrument)
                         (imply (carries ?satellite ?other) (not (powered ?other)))))
    :effect (and (powered ?instrument)
                 (increase (total-cost) 5)))

  (:action switch-off
    :parameters (?instrument - instrument)
    :precondition (powered ?instrument)
    :effect (and (not (powered ?instrument)) (not (calibrated ?instrument))
                 (increase (total-cost) 1)))

  (:action calibrate
    :parameters (?satellite - satellite ?instrument - instrument ?star - star)
    :precondition (and (carries ?satellite ?instrument) (powered ?instrument)
                       (calibrates-on ?instrument ?star) (pointing ?satellite ?star))
    :effect (and (calibrated ?instrument)
                 (increase (total-cost) 20)))

  (:action take-image
    :parameters (?satellite - satellite ?instrument - instrument ?target - target ?mode - mode)
    :precondition (and (carries ?satellite ?instrument) (supports ?instrument ?mode)
                       (powered ?instrument) (calibrated ?instrument)
                       (pointing ?satellite ?target))
    :effect (and (imaged ?target ?mode)
                 (increase (total-cost) 10)))
)
