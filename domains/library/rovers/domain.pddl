; Rovers explore the surroundings of a lander. They analyse samples of rock and soil, take images of
; targets with calibrated cameras, and send both to the lander from sites with a link to it. A rover
; holds one sample at a time and must empty its store before the next. Material does not run out.
; There are no dead ends as long as each rover can drive back wherever it has driven.

(define (domain rovers)
  (:requirements :strips :typing :negative-preconditions)
  (:types rover site material target camera filter)
  (:constants rock soil - material)

  (:predicates
    ; what does not change
    (passable ?rover - rover ?from ?to - site)
    (lies-at ?material - material ?site - site)
    (equipped ?rover - rover ?material - material)       ; it can take and analyse such samples
    (mounted ?camera - camera ?rover - rover)
    (fitted ?camera - camera ?filter - filter)
    (calibrates-on ?camera - camera ?target - target)
    (visible ?target - target ?site - site)
    (linked ?site - site)                                ; the lander can be reached from there
    ; how things are
    (at ?rover - rover ?site - site)
    (full ?rover - rover)
    (calibrated ?camera - camera)
    (analysed ?rover - rover ?material - material ?site - site)
    (photographed ?rover - rover ?target - target ?filter - filter)
    (sample-reported ?material - material ?site - site)
    (image-sent ?target - target ?filter - filter))

  (:action drive
    :parameters (?rover - rover ?from ?to - site)
    :precondition (and (at ?rover ?from) (passable ?rover ?from ?to))
    :effect (and (at ?rover ?to) (not (at ?rover ?from))))

  (:action take-sample
    :parameters (?rover - rover ?material - material ?site - site)
    :precondition (and (at ?rover ?site) (lies-at ?material ?site)
                       (equipped ?rover ?material) (not (full ?rover)))
    :effect (and (full ?rover) (analysed ?rover ?material ?site)))

  (:action empty-store
    :parameters (?rover - rover)
    :precondition (full ?rover)
    :effect (not (full ?rover)))

  (:action calibrate
    :parameters (?rover - rover ?camera - camera ?target - target ?site - site)
    :precondition (and (mounted ?camera ?rover) (calibrates-on ?camera ?target)
                       (at ?rover ?site) (visible ?target ?site))
    :effect (calibrated ?camera))

  ; The next image needs a new calibration.
  (:action photograph
    :parameters (?rover - rover ?camera - camera ?target - target ?filter - filter ?site - site)
    :precondition (and (mounted ?camera ?rover) (fitted ?camera ?filter) (calibrated ?camera)
                       (at ?rover ?site) (visible ?target ?site))
    :effect (and (photographed ?rover ?target ?filter) (not (calibrated ?camera))))

  (:action report-sample
    :parameters (?rover - rover ?material - material ?source ?here - site)
    :precondition (and (analysed ?rover ?material ?source) (at ?rover ?here) (linked ?here))
    :effect (sample-reported ?material ?source))

  (:action send-image
    :parameters (?rover - rover ?target - target ?filter - filter ?here - site)
    :precondition (and (photographed ?rover ?target ?filter) (at ?rover ?here) (linked ?here))
    :effect (image-sent ?target ?filter))
)
