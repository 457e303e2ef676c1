; Two rovers with different equipment; one holds an old sample, which must go first.
(define (problem two-rovers)
  (:domain rovers)
  (:objects
    scout digger - rover
    plain ridge valley dune - site
    boulder cliff - target
    mast arm - camera
    colour thermal - filter)
  (:init
    (at scout plain) (at digger valley) (full digger)
    (passable scout plain ridge) (passable scout ridge plain)
    (passable scout plain valley) (passable scout valley plain)
    (passable digger plain valley) (passable digger valley plain)
    (passable digger valley dune) (passable digger dune valley)
    (lies-at rock ridge) (lies-at soil dune) (lies-at rock dune) (lies-at soil plain)
    (equipped scout rock) (equipped digger soil) (equipped digger rock)
    (mounted mast scout) (fitted mast colour) (calibrates-on mast boulder)
    (mounted arm digger) (fitted arm thermal) (calibrates-on arm cliff)
    (visible boulder ridge) (visible cliff ridge) (visible cliff dune)
    (linked plain))
  (:goal (and
    (sample-reported rock ridge) (sample-reported soil dune)
    (image-sent cliff colour) (image-sent cliff thermal)
    (at digger plain))))
