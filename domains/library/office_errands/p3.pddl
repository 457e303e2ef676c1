; A long list: three documents, four people, two locked doors of which one hides the other's key.
(define (problem friday-afternoon)
  (:domain office-errands)
  (:objects
    lobby hall kitchen office1 office2 boardroom store archive - room
    door1 door2 door3 door4 door5 door6 door7 - door
    store-key archive-key - key
    left right - hand
    ada ben chen dora - person
    laser - printer
    contract budget memo - document
    mug beaker - cup)
  (:init
    (joins door1 lobby hall) (joins door1 hall lobby)
    (joins door2 hall kitchen) (joins door2 kitchen hall)
    (joins door3 hall office1) (joins door3 office1 hall)
    (joins door4 hall office2) (joins door4 office2 hall)
    (joins door5 office2 boardroom) (joins door5 boardroom office2)
    (joins door6 kitchen store) (joins door6 store kitchen)
    (joins door7 hall archive) (joins door7 archive hall)
    (opens store-key door6) (opens archive-key door7)
    (works-in ada office1) (works-in ben office2) (works-in chen boardroom) (works-in dora lobby)
    (printer-in laser office2) (coffee-in kitchen)
    (signs-before ada chen contract) (signs-before ben chen contract)
    (signs-before chen dora budget)
    (locked door6) (locked door7)
    (busy chen)
    (lies-in store-key lobby) (lies-in archive-key store)
    (lies-in mug store) (lies-in beaker boardroom)
    (printed memo) (has dora memo)
    (robot-in lobby) (free left) (free right)
    (= (walking-seconds door1) 10) (= (walking-seconds door2) 15) (= (walking-seconds door3) 20)
    (= (walking-seconds door4) 8) (= (walking-seconds door5) 12) (= (walking-seconds door6) 6)
    (= (walking-seconds door7) 25)
    (= (total-cost) 0))
  (:goal (and
    (signed chen contract) (lies-in contract archive)
    (signed dora budget) (has ada budget)
    (has chen memo)
    (served chen) (served dora)
    (not (full mug)) (lies-in mug kitchen)
    (locked door7) (not (locked door6))
    (robot-in lobby)))
  (:metric minimize (total-cost)))
