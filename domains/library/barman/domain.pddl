; A barman fills glasses from taps, pours what is in them into a shaker, shakes exactly the
; ingredients of a cocktail, and pours it into a clean glass. Taps, washing and shaking take a second
; hand that is free. Costs are seconds. There are no dead ends as long as there are two hands and
; no more glasses are wanted full than there are: everything can be poured away and washed.

(define (domain barman)
  (:requirements :strips :typing :negative-preconditions :disjunctive-preconditions
                 :existential-preconditions :universal-preconditions :conditional-effects
                 :action-costs)
  (:types
    hand container drink - object
    glass shaker - container
    ingredient cocktail - drink)

  (:predicates
    (part-of ?ingredient - ingredient ?cocktail - cocktail)
    (free ?hand - hand)
    (holding ?hand - hand ?container - container)
    (on-bar ?container - container)
    (contains ?container - container ?drink - drink)
    (clean ?container - container))              ; and so empty

  (:functions (total-cost) - number)

  (:action pick-up
    :parameters (?hand - hand ?container - container)
    :precondition (and (free ?hand) (on-bar ?container))
    :effect (and (holding ?hand ?container)
                 (not (free ?hand)) (not (on-bar ?container))
                 (increase (total-cost) 1)))

  (:action put-down
    :parameters (?hand - hand ?container - container)
    :precondition (holding ?hand ?container)
    :effect (and (free ?hand) (on-bar ?container)
                 (not (holding ?hand ?container))
                 (increase (total-cost) 1)))

  ; The hand that works the tap is another: this one is not free.
  (:action fill
    :parameters (?hand - hand ?glass - glass ?ingredient - ingredient)
    :precondition (and (holding ?hand ?glass) (clean ?glass)
                       (exists (?other - hand) (free ?other)))
    :effect (and (contains ?glass ?ingredient) (not (clean ?glass))
                 (increase (total-cost) 5)))

  ; The shaker is clean, or holds ingredients and nothing else.
  (:action pour-into-shaker
    :parameters (?hand - hand ?glass - glass ?shaker - shaker ?ingredient - ingredient)
    :precondition (and (holding ?hand ?glass) (contains ?glass ?ingredient)
                       (or (clean ?shaker)
                           (exists (?other - ingredient) (contains ?shaker ?other))))
    :effect (and (contains ?shaker ?ingredient) (not (clean ?shaker))
                 (not (contains ?glass ?ingredient))
                 (increase (total-cost) 3)))

  (:action shake
    :parameters (?hand - hand ?shaker - shaker ?cocktail - cocktail)
    :precondition (and (holding ?hand ?shaker)
                       (exists (?other - hand) (free ?other))
                       (forall (?ingredient - ingredient)
                         (and (imply (part-of ?ingredient ?cocktail)
                                     (contains ?shaker ?ingredient))
                              (imply (contains ?shaker ?ingredient)
                                     (part-of ?ingredient ?cocktail)))))
    :effect (and (contains ?shaker ?cocktail)
                 (forall (?ingredient - ingredient)
                   (when (part-of ?ingredient ?cocktail)
                     (not (contains ?shaker ?ingredient))))
                 (increase (total-cost) 10)))

  (:action serve
    :parameters (?hand - hand ?shaker - shaker ?glass - glass ?cocktail - cocktail)
    :precondition (and (holding ?hand ?shaker) (contains ?shaker ?cocktail) (clean ?glass))
    :effect (and (contains ?glass ?cocktail) (not (clean ?glass))
                 (not (contains ?shaker ?cocktail))
                 (increase (total-cost) 4)))

  (:action pour-away
    :parameters (?hand - hand ?container - container)
    :precondition (and (holding ?hand ?container)
                       (exists (?drink - drink) (contains ?container ?drink)))
    :effect (and (forall (?drink - drink) (not (contains ?container ?drink)))
                 (increase (total-cost) 2)))

  (:action wash
    :parameters (?hand - hand ?container - container)
    :precondition (and (holding ?hand ?container) (not (clean ?container))
                       (forall (?drink - drink) (not (contains ?container ?drink)))
                       (exists (?other - hand) (free ?other)))
    :effect (and (clean ?container)
                 (increase (total-cost) 8)))
)
