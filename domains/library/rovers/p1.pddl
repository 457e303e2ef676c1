; One rover, one sample of soil, one image.
(define (problem first-day)
  (:domain rovers)
  (:objects
    scout - rover
    plain ridge - site
    boulder - target
    mast - camera
    colour - filter)
  (:init
    (at scout plain) (passable scout plain ridge) (passable scout ridge plain)
    (lies-at soil ridge) (equipped scout soil)
    (mounted mast scout) (fitted mast colour) (calibrates-on mast boulder)
    (visible boulder ridge)
    (linked plain))
  (:goal (and (sample-reported soil ridge) (image-sent boulder colour))))
