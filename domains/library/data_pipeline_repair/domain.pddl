; Repairing tables after bad days. Sources arrive from outside, one partition for each day; jobs read
; sources and tables and write tables, also one partition for each day. Where a partition is wrong it
; is discarded and made again, from inputs that were validated; what was made from it is then wrong
; too. A running table adds each day to the day before. A job that does not fit the schema of what it
; reads is paused, fixed and resumed.
;
; Costs are minutes. As long as no table is made from itself, directly or by way of others, and no day
; follows itself, there are no dead ends: everything can be discarded, fetched and run again.

(define (domain data-pipeline-repair)
  (:requirements :strips :typing :negative-preconditions :disjunctive-preconditions
                 :universal-preconditions :conditional-effects :action-costs)
  (:types
    dataset job day - object
    source table - dataset)

  (:predicates
    ; what does not change
    (reads ?job - job ?dataset - dataset)
    (writes ?job - job ?table - table)
    (running ?table - table)                        ; each day builds on the day before
    (follows ?day ?previous - day)
    ; how things are
    (loaded ?dataset - dataset ?day - day)
    (wrong ?dataset - dataset ?day - day)
    (validated ?dataset - dataset ?day - day)
    (published ?table - table ?day - day)
    (outdated ?job - job ?dataset - dataset)        ; the job expects an older schema
    (paused ?job - job))

  (:functions
    (run-minutes ?job - job) - number
    (total-cost) - number)

  (:action discard
    :parameters (?dataset - dataset ?day - day)
    :precondition (loaded ?dataset ?day)
    :effect (and (not (loaded ?dataset ?day)) (not (wrong ?dataset ?day))
                 (not (validated ?dataset ?day))
                 (forall (?job - job ?table - table)
                   (when (and (reads ?job ?dataset) (writes ?job ?table) (loaded ?table ?day))
                     (and (wrong ?table ?day) (not (validated ?table ?day)))))
                 (increase (total-cost) 1)))

  ; The source as its owner has it now.
  (:action fetch
    :parameters (?source - source ?day - day)
    :precondition (not (loaded ?source ?day))
    :effect (and (loaded ?source ?day)
                 (increase (total-cost) 10)))

  (:action pause
    :parameters (?job - job)
    :precondition (not (paused ?job))
    :effect (and (paused ?job)
                 (increase (total-cost) 1)))

  (:action fix-schema
    :parameters (?job - job ?dataset - dataset)
    :precondition (and (outdated ?job ?dataset) (paused ?job))
    :effect (and (not (outdated ?job ?dataset))
                 (increase (total-cost) 45)))

  (:action resume
    :parameters (?job - job)
    :precondition (and (paused ?job)
                       (forall (?dataset - dataset) (not (outdated ?job ?dataset))))
    :effect (and (not (paused ?job))
                 (increase (total-cost) 1)))

  ; What it writes is a new version, and not published yet.
  (:action run
    :parameters (?job - job ?table - table ?day - day)
    :precondition (and (writes ?job ?table) (not (loaded ?table ?day)) (not (paused ?job))
                       (forall (?dataset - dataset)
                         (imply (reads ?job ?dataset)
                                (and (validated ?dataset ?day)
                                     (not (outdated ?job ?dataset)))))
                       (forall (?previous - day)
                         (imply (and (running ?table) (follows ?day ?previous))
                                (validated ?table ?previous))))
    :effect (and (loaded ?table ?day) (not (published ?table ?day))
                 (forall (?next - day)
                   (when (and (running ?table) (follows ?next ?day) (loaded ?table ?next))
                     (and (wrong ?table ?next) (not (validated ?table ?next)))))
                 (increase (total-cost) (run-minutes ?job))))

  (:action validate
    :parameters (?dataset - dataset ?day - day)
    :precondition (and (loaded ?dataset ?day) (not (wrong ?dataset ?day))
                       (not (validated ?dataset ?day)))
    :effect (and (validated ?dataset ?day)
                 (increase (total-cost) 4)))

  (:action publish
    :parameters (?table - table ?day - day)
    :precondition (and (validated ?table ?day) (not (published ?table ?day)))
    :effect (and (published ?table ?day)
                 (increase (total-cost) 2)))

  ; So that nobody decides by a table that is wrong.
  (:action withdraw
    :parameters (?table - table ?day - day)
    :precondition (published ?table ?day)
    :effect (and (not (published ?table ?day))
                 (increase (total-cost) 2)))
)
