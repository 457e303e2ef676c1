; One drink of two ingredients.
(define (problem one-drink)
  (:domain barman)
  (:objects
    left right - hand
    shaker1 - shaker
    tumbler flute - glass
    gin tonic lime - ingredient
    gin-and-tonic - cocktail)
  (:init
    (part-of gin gin-and-tonic) (part-of tonic gin-and-tonic)
    (free left) (free right)
    (on-bar shaker1) (on-bar tumbler) (on-bar flute)
    (clean shaker1) (clean tumbler) (clean flute)
    (= (total-cost) 0))
  (:goal (contains tumbler gin-and-tonic))
  (:metric minimize (total-cost)))
