; An on-call team brings services back and writes up what happened.
;
; A service is impaired while a fault is active in it, or while something on which it depends is
; impaired. An engineer who is on call for a service is paged and takes charge; finds the faults one
; by one, which is possible only once everything below the service is healthy, since its symptoms
; hide them; and repairs each in its own way. Critical services are sheltered from traffic first.
;
; Costs are minutes. As long as no service depends on itself, directly or by way of others, and each
; has somebody on call, there are no dead ends: nobody who is needed leaves for good, and an alert
; that a repair sets off can be taken up as any other.

(define (domain incident-response)
  (:requirements :strips :typing :negative-preconditions :disjunctive-preconditions
                 :existential-preconditions :universal-preconditions :conditional-effects
                 :derived-predicates :action-costs)
  (:types
    service engineer fault - object
    bad-deploy overload corrupt-data - fault)

  (:predicates
    ; what does not change
    (depends-on ?service ?other - service)
    (critical ?service - service)
    (on-call ?engineer - engineer ?service - service)
    (affects ?fault - fault ?service - service)
    ; how things are
    (active ?fault - fault)
    (alerting ?service - service)
    (paged ?engineer - engineer)
    (in-charge ?engineer - engineer ?service - service)
    (diagnosed ?fault - fault)
    (diverted ?service - service)             ; its traffic goes elsewhere
    (informed ?service - service)             ; its customers have been told
    (written-up ?fault - fault)               ; there is a post-mortem
    ; what follows
    (impaired ?service - service))

  (:functions
    (diagnosis-minutes ?fault - fault) - number
    (total-cost) - number)

  (:derived (impaired ?service - service)
    (or (exists (?fault - fault) (and (affects ?fault ?service) (active ?fault)))
        (exists (?other - service) (and (depends-on ?service ?other) (impaired ?other)))))

  (:action page
    :parameters (?engineer - engineer)
    :precondition (not (paged ?engineer))
    :effect (and (paged ?engineer)
                 (increase (total-cost) 5)))

  ; Taking charge silences the alert. It may go off again, and is then taken up again.
  (:action take-charge
    :parameters (?engineer - engineer ?service - service)
    :precondition (and (paged ?engineer) (on-call ?engineer ?service)
                       (or (alerting ?service) (not (in-charge ?engineer ?service))))
    :effect (and (in-charge ?engineer ?service) (not (alerting ?service))
                 (increase (total-cost) 2)))

  (:action inform-customers
    :parameters (?engineer - engineer ?service - service)
    :precondition (and (in-charge ?engineer ?service) (not (informed ?service)))
    :effect (and (informed ?service)
                 (increase (total-cost) 10)))

  (:action divert-traffic
    :parameters (?engineer - engineer ?service - service)
    :precondition (and (in-charge ?engineer ?service) (not (diverted ?service)))
    :effect (and (diverted ?service)
                 (increase (total-cost) 8)))

  (:action return-traffic
    :parameters (?engineer - engineer ?service - service)
    :precondition (and (in-charge ?engineer ?service) (diverted ?service)
                       (not (impaired ?service)))
    :effect (and (not (diverted ?service))
                 (increase (total-cost) 8)))

  (:action diagnose
    :parameters (?engineer - engineer ?fault - fault ?service - service)
    :precondition (and (in-charge ?engineer ?service) (affects ?fault ?service)
                       (not (diagnosed ?fault))
                       (forall (?other - service)
                         (imply (depends-on ?service ?other) (not (impaired ?other)))))
    :effect (and (diagnosed ?fault)
                 (increase (total-cost) (diagnosis-minutes ?fault))))

  (:action roll-back
    :parameters (?engineer - engineer ?fault - bad-deploy ?service - service)
    :precondition (and (in-charge ?engineer ?service) (affects ?fault ?service)
                       (diagnosed ?fault) (active ?fault)
                       (imply (critical ?service) (diverted ?service)))
    :effect (and (not (active ?fault))
                 (increase (total-cost) 12)))

  (:action scale-out
    :parameters (?engineer - engineer ?fault - overload ?service - service)
    :precondition (and (in-charge ?engineer ?service) (affects ?fault ?service)
                       (diagnosed ?fault) (active ?fault))
    :effect (and (not (active ?fault))
                 (increase (total-cost) 15)))

  ; Nothing may be written while data is restored, and what depends on the service notices.
  (:action restore-data
    :parameters (?engineer - engineer ?fault - corrupt-data ?service - service)
    :precondition (and (in-charge ?engineer ?service) (affects ?fault ?service)
                       (diagnosed ?fault) (active ?fault) (diverted ?service))
    :effect (and (not (active ?fault))
                 (forall (?other - service)
                   (when (depends-on ?other ?service) (alerting ?other)))
                 (increase (total-cost) 45)))

  (:action write-post-mortem
    :parameters (?engineer - engineer ?fault - fault ?service - service)
    :precondition (and (in-charge ?engineer ?service) (affects ?fault ?service)
                       (diagnosed ?fault) (not (written-up ?fault))
                       (not (impaired ?service)) (not (diverted ?service)))
    :effect (and (written-up ?fault)
                 (increase (total-cost) 60)))

  ; Only when all is well with what the engineer is in charge of.
  (:action stand-down
    :parameters (?engineer - engineer)
    :precondition (and (paged ?engineer)
                       (forall (?service - service)
                         (imply (in-charge ?engineer ?service)
                                (and (not (impaired ?service)) (not (alerting ?service))
                                     (not (diverted ?service))))))
    :effect (and (not (paged ?engineer))
                 (forall (?service - service) (not (in-charge ?engineer ?service)))
                 (increase (total-cost) 1)))
)
