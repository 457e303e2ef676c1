; Business trips, from approval to confirmation. A trip begins and ends in one city and visits others;
; its flights must lead to each of these and from each of these home again, with a hotel in each.
; Managers approve trips, and whatever is above the limit of what may be spent on one booking.
; Travellers need a passport to enter a country of which they are not citizens, and for some a visa.
;
; Costs are in euros, so a cheap plan is a cheap trip. There are no dead ends as long as flights and
; rooms that suffice are not sold out: bookings can be cancelled, and confirmed trips opened again.

(define (domain travel-booking)
  (:requirements :strips :typing :negative-preconditions :disjunctive-preconditions
                 :existential-preconditions :universal-preconditions :derived-predicates
                 :action-costs)
  (:types
    person city country trip offer - object
    traveller manager - person
    flight hotel - offer)

  (:predicates
    ; what does not change
    (makes ?traveller - traveller ?trip - trip)
    (begins-in ?trip - trip ?city - city)
    (visits ?trip - trip ?city - city)
    (in-country ?city - city ?country - country)
    (citizen ?person - person ?country - country)
    (visa-required ?person - person ?country - country)
    (manages ?manager - manager ?person - person)
    (flies ?flight - flight ?from ?to - city)
    (hotel-in ?hotel - hotel ?city - city)
    (sold-out ?offer - offer)
    (above-limit ?offer - offer)
    ; how things are
    (approved ?trip - trip)
    (exception ?trip - trip ?offer - offer)      ; the manager lets it be booked all the same
    (passport-valid ?person - person)
    (has-visa ?person - person ?country - country)
    (booked ?trip - trip ?offer - offer)
    (confirmed ?trip - trip)
    ; what follows
    (reaches ?trip - trip ?city - city)          ; booked flights lead there from home
    (returns ?trip - trip ?city - city))         ; booked flights lead home from there

  (:functions
    (price ?offer - offer) - number
    (total-cost) - number)

  (:derived (reaches ?trip - trip ?city - city)
    (or (begins-in ?trip ?city)
        (exists (?flight - flight ?before - city)
          (and (booked ?trip ?flight) (flies ?flight ?before ?city) (reaches ?trip ?before)))))

  (:derived (returns ?trip - trip ?city - city)
    (or (begins-in ?trip ?city)
        (exists (?flight - flight ?next - city)
          (and (booked ?trip ?flight) (flies ?flight ?city ?next) (returns ?trip ?next)))))

  (:action approve-trip
    :parameters (?manager - manager ?traveller - traveller ?trip - trip)
    :precondition (and (manages ?manager ?traveller) (makes ?traveller ?trip)
                       (not (approved ?trip)))
    :effect (and (approved ?trip)
                 (increase (total-cost) 1)))

  (:action approve-exception
    :parameters (?manager - manager ?traveller - traveller ?trip - trip ?offer - offer)
    :precondition (and (manages ?manager ?traveller) (makes ?traveller ?trip)
                       (approved ?trip) (above-limit ?offer) (not (exception ?trip ?offer)))
    :effect (and (exception ?trip ?offer)
                 (increase (total-cost) 5)))

  (:action renew-passport
    :parameters (?person - person)
    :precondition (not (passport-valid ?person))
    :effect (and (passport-valid ?person)
                 (increase (total-cost) 70)))

  (:action obtain-visa
    :parameters (?person - person ?country - country)
    :precondition (and (visa-required ?person ?country) (passport-valid ?person)
                       (not (has-visa ?person ?country)))
    :effect (and (has-visa ?person ?country)
                 (increase (total-cost) 90)))

  (:action book
    :parameters (?trip - trip ?offer - offer)
    :precondition (and (approved ?trip) (not (sold-out ?offer)) (not (booked ?trip ?offer))
                       (not (confirmed ?trip))
                       (imply (above-limit ?offer) (exception ?trip ?offer)))
    :effect (and (booked ?trip ?offer)
                 (increase (total-cost) (price ?offer))))

  (:action cancel
    :parameters (?trip - trip ?offer - offer)
    :precondition (and (booked ?trip ?offer) (not (confirmed ?trip)))
    :effect (and (not (booked ?trip ?offer))
                 (increase (total-cost) 15)))

  (:action confirm
    :parameters (?traveller - traveller ?trip - trip)
    :precondition (and (makes ?traveller ?trip) (approved ?trip) (not (confirmed ?trip))
                       (forall (?city - city)
                         (imply (visits ?trip ?city)
                                (and (reaches ?trip ?city) (returns ?trip ?city)
                                     (exists (?hotel - hotel)
                                       (and (hotel-in ?hotel ?city) (booked ?trip ?hotel))))))
                       (forall (?city - city ?country - country)
                         (imply (and (visits ?trip ?city) (in-country ?city ?country))
                                (and (or (citizen ?traveller ?country)
                                         (passport-valid ?traveller))
                                     (or (not (visa-required ?traveller ?country))
                                         (has-visa ?traveller ?country))))))
    :effect (and (confirmed ?trip)
                 (increase (total-cost) 1)))

  (:action reopen
    :parameters (?trip - trip)
    :precondition (confirmed ?trip)
    :effect (and (not (confirmed ?trip))
                 (increase (total-cost) 20)))
)
