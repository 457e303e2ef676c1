; A contract needs two signatures in order, and the archive is locked and is to be locked again.
(define (problem file-the-contract)
  (:domain office-errands)
  (:objects
    hall kitchen office1 office2 archive - room
    door1 door2 door3 door4 - door
    archive-key spare-key - key
    left right - hand
    ada ben - person
    laser inkjet - printer
    contract memo - document
    mug - cup)
  (:init
    (joins door1 hall kitchen) (joins door1 kitchen hall)
    (joins door2 hall office1) (joins door2 office1 hall)
    (joins door3 hall office2) (joins door3 office2 hall)
    (joins door4 office2 archive) (joins door4 archive office2)
    (opens archive-key door4) (opens spare-key door3)
    (works-in ada office1) (works-in ben office2)
    (printer-in laser hall) (printer-in inkjet archive) (coffee-in kitchen)
    (signs-before ada ben contract)
    (locked door4) (busy ben) (out-of-paper laser)
    (lies-in archive-key kitchen) (lies-in spare-key hall) (lies-in mug office1)
    (robot-in hall) (free left) (carrying right memo) (printed memo)
    (= (walking-seconds door1) 10) (= (walking-seconds door2) 15)
    (= (walking-seconds door3) 20) (= (walking-seconds door4) 8)
    (= (total-cost) 0))
  (:goal (and
    (signed ben contract) (lies-in contract archive) (locked door4)
    (has ada memo) (served ben)))
  (:metric minimize (total-cost)))
