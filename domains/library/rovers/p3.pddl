; Three rovers on a map of eight sites, with two links; in the end two stores must be empty.
(define (problem season)
  (:domain rovers)
  (:objects
    scout digger climber - rover
    plain ridge valley dune basin crater ledge summit - site
    boulder cliff vent - target
    mast arm scope - camera
    colour thermal narrow - filter)
  (:init
    (at scout plain) (at digger basin) (at climber ledge) (full climber)
    (passable scout plain ridge) (passable scout ridge plain)
    (passable scout plain valley) (passable scout valley plain)
    (passable scout valley basin) (passable scout basin valley)
    (passable digger plain valley) (passable digger valley plain)
    (passable digger valley dune) (passable digger dune valley)
    (passable digger dune crater) (passable digger crater dune)
    (passable digger valley basin) (passable digger basin valley)
    (passable climber ridge ledge) (passable climber ledge ridge)
    (passable climber ledge summit) (passable climber summit ledge)
    (passable climber ridge plain) (passable climber plain ridge)
    (lies-at rock ridge) (lies-at soil dune) (lies-at rock crater) (lies-at soil crater)
    (lies-at soil plain) (lies-at rock summit) (lies-at soil basin)
    (equipped scout soil) (equipped digger soil) (equipped digger rock) (equipped climber rock)
    (mounted mast scout) (fitted mast colour) (calibrates-on mast boulder)
    (mounted arm digger) (fitted arm thermal) (fitted arm colour) (calibrates-on arm vent)
    (mounted scope climber) (fitted scope narrow) (calibrates-on scope cliff)
    (visible boulder ridge) (visible boulder plain) (visible cliff ledge) (visible cliff summit)
    (visible vent crater) (visible vent dune) (visible vent summit)
    (linked plain) (linked ledge))
  (:goal (and
    (sample-reported rock ridge) (sample-reported rock crater) (sample-reported rock summit)
    (sample-reported soil crater) (sample-reported soil basin) (sample-reported soil plain)
    (image-sent boulder colour) (image-sent vent thermal) (image-sent vent narrow)
    (image-sent cliff narrow)
    (not (full digger)) (not (full climber)))))
