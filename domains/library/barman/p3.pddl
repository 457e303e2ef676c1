; An evening: six glasses, of which five are wanted, and two shakers.
(define (problem evening)
  (:domain barman)
  (:objects
    left right - hand
    big small - shaker
    glass1 glass2 glass3 glass4 glass5 glass6 - glass
    gin rum lime sugar juice vermouth - ingredient
    daiquiri sunrise martini gimlet - cocktail)
  (:init
    (part-of rum daiquiri) (part-of lime daiquiri) (part-of sugar daiquiri)
    (part-of rum sunrise) (part-of juice sunrise)
    (part-of gin martini) (part-of vermouth martini)
    (part-of gin gimlet) (part-of lime gimlet) (part-of sugar gimlet)
    (free left) (free right)
    (on-bar big) (on-bar small) (on-bar glass1) (on-bar glass2) (on-bar glass3)
    (on-bar glass4) (on-bar glass5) (on-bar glass6)
    (clean glass1) (clean glass2) (clean glass5)
    (contains small martini) (contains big rum) (contains glass3 daiquiri)
    (contains glass4 gin) (contains glass6 juice)
    (= (total-cost) 0))
  (:goal (and
    (contains glass1 martini) (contains glass2 gimlet) (contains glass3 gimlet)
    (contains glass4 daiquiri) (contains glass5 sunrise)
    (clean glass6) (clean big)
    (free left) (free right)))
  (:metric minimize (total-cost)))
