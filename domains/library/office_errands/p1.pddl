; One document, printed and signed, and one coffee.
(define (problem contract-and-coffee)
  (:domain office-errands)
  (:objects
    hall office - room
    door1 - door
    left right - hand
    ada - person
    laser - printer
    contract - document
    mug - cup)
  (:init
    (joins door1 hall office) (joins door1 office hall)
    (works-in ada office) (printer-in laser hall) (coffee-in hall)
    (robot-in hall) (free left) (free right) (lies-in mug hall)
    (= (walking-seconds door1) 12)
    (= (total-cost) 0))
  (:goal (and (signed ada contract) (served ada)))
  (:metric minimize (total-cost)))
