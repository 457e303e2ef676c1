; Getting changes from review to the people who use them.
;
; Each change belongs to a service. It is reviewed and merged; the service is tested, its image is
; built, deployed to staging and checked there, then deployed to production and announced. On the
; way the database may need a migration, services on which it depends must be out first, an open
; incident stops everything, and feature flags are off while new code goes out.
;
; Costs are minutes. As long as no service depends on itself, directly or by way of others, there are
; no dead ends, whichever atoms are lost or turn up on the way: every step can be done again.

(define (domain software-release)
  (:requirements :strips :typing :negative-preconditions :disjunctive-preconditions
                 :universal-preconditions :conditional-effects :action-costs)
  (:types service change flag)

  (:predicates
    ; what does not change
    (depends-on ?service ?other - service)
    (belongs-to ?change - change ?service - service)
    (guards ?flag - flag ?service - service)     ; the flag hides the service's new features
    (needs-migration ?service - service)         ; this release changes the database's schema
    ; how far things are
    (reviewed ?change - change)
    (merged ?change - change)
    (tests-pass ?service - service)              ; with all changes merged so far
    (image-built ?service - service)
    (on-staging ?service - service)
    (checked ?service - service)                 ; on staging, with what it depends on there
    (migrated ?service - service)
    (in-production ?service - service)           ; the new release, not an older one
    (incident-open ?service - service)
    (enabled ?flag - flag)
    (announced ?service - service))

  (:functions
    (test-minutes ?service - service) - number   ; how long the tests of a service run
    (total-cost) - number)

  (:action review
    :parameters (?change - change)
    :precondition (not (reviewed ?change))
    :effect (and (reviewed ?change)
                 (increase (total-cost) 30)))

  ; New code makes what was tested and built before out of date.
  (:action merge
    :parameters (?change - change ?service - service)
    :precondition (and (belongs-to ?change ?service) (reviewed ?change) (not (merged ?change)))
    :effect (and (merged ?change)
                 (not (tests-pass ?service)) (not (image-built ?service))
                 (not (on-staging ?service)) (not (checked ?service))
                 (increase (total-cost) 2)))

  (:action run-tests
    :parameters (?service - service)
    :precondition (forall (?change - change)
                    (imply (belongs-to ?change ?service) (merged ?change)))
    :effect (and (tests-pass ?service)
                 (increase (total-cost) (test-minutes ?service))))

  (:action build-image
    :parameters (?service - service)
    :precondition (tests-pass ?service)
    :effect (and (image-built ?service)
                 (increase (total-cost) 8)))

  ; What depends on the service has to be checked again with its new release.
  (:action deploy-to-staging
    :parameters (?service - service)
    :precondition (image-built ?service)
    :effect (and (on-staging ?service)
                 (forall (?other - service)
                   (when (depends-on ?other ?service) (not (checked ?other))))
                 (increase (total-cost) 5)))

  (:action check-on-staging
    :parameters (?service - service)
    :precondition (and (on-staging ?service)
                       (forall (?other - service)
                         (imply (depends-on ?service ?other)
                                (or (on-staging ?other) (in-production ?other)))))
    :effect (and (checked ?service)
                 (increase (total-cost) 15)))

  (:action migrate-database
    :parameters (?service - service)
    :precondition (and (needs-migration ?service) (checked ?service) (not (migrated ?service)))
    :effect (and (migrated ?service)
                 (increase (total-cost) 20)))

  (:action deploy-to-production
    :parameters (?service - service)
    :precondition (and (image-built ?service) (checked ?service)
                       (imply (needs-migration ?service) (migrated ?service))
                       (not (incident-open ?service))
                       (forall (?other - service)
                         (imply (depends-on ?service ?other)
                                (and (in-production ?other) (not (incident-open ?other)))))
                       (forall (?flag - flag)
                         (imply (guards ?flag ?service) (not (enabled ?flag)))))
    :effect (and (in-production ?service)
                 (increase (total-cost) 10)))

  (:action resolve-incident
    :parameters (?service - service)
    :precondition (incident-open ?service)
    :effect (and (not (incident-open ?service))
                 (increase (total-cost) 60)))

  (:action switch-on
    :parameters (?flag - flag ?service - service)
    :precondition (and (guards ?flag ?service) (in-production ?service) (not (enabled ?flag)))
    :effect (and (enabled ?flag)
                 (increase (total-cost) 1)))

  (:action switch-off
    :parameters (?flag - flag)
    :precondition (enabled ?flag)
    :effect (and (not (enabled ?flag))
                 (increase (total-cost) 1)))

  ; Only what people can already use is announced.
  (:action announce
    :parameters (?service - service)
    :precondition (and (in-production ?service) (not (announced ?service))
                       (forall (?flag - flag)
                         (imply (guards ?flag ?service) (enabled ?flag))))
    :effect (and (announced ?service)
                 (increase (total-cost) 10)))
)
