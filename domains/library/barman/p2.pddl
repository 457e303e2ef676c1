; Two cocktails and a glass of juice, with a shaker that was not washed.
(define (problem table-of-three)
  (:domain barman)
  (:objects
    left right - hand
    shaker1 - shaker
    tumbler flute coupe - glass
    rum lime sugar juice - ingredient
    daiquiri sunrise - cocktail)
  (:init
    (part-of rum daiquiri) (part-of lime daiquiri) (part-of sugar daiquiri)
    (part-of rum sunrise) (part-of juice sunrise)
    (free left) (holding right flute)
    (on-bar shaker1) (on-bar tumbler) (on-bar coupe)
    (clean tumbler) (clean coupe)
    (contains flute lime)
    (= (total-cost) 0))
  (:goal (and
    (contains coupe daiquiri) (contains tumbler sunrise) (contains flute juice)
    (on-bar flute) (clean shaker1)))
  (:metric minimize (total-cost)))
