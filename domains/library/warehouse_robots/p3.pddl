; Three robots and four orders at two stations; a robot has a pod in its way from before.
(define (problem morning-shift)
  (:domain warehouse-robots)
  (:objects
    a1 a2 a3 a4 a5 a6 a7 a8 - aisle
    s1 s2 s3 s4 s5 s6 - storage
    desk bench - station
    dock1 dock2 - dock
    robo turtle mole - robot
    red blue green grey - pod
    batteries lamps cables screws paint - item
    order1 order2 order3 order4 - order
    empty low half full - level)
  (:init
    (next-to a1 a2) (next-to a2 a1) (next-to a2 a3) (next-to a3 a2)
    (next-to a3 a4) (next-to a4 a3) (next-to a4 a5) (next-to a5 a4)
    (next-to a5 a6) (next-to a6 a5) (next-to a6 a7) (next-to a7 a6)
    (next-to a7 a8) (next-to a8 a7) (next-to a8 a1) (next-to a1 a8)
    (next-to a2 a7) (next-to a7 a2) (next-to a3 a6) (next-to a6 a3)
    (next-to s1 a1) (next-to a1 s1) (next-to s2 a2) (next-to a2 s2)
    (next-to s3 a3) (next-to a3 s3) (next-to s4 a6) (next-to a6 s4)
    (next-to s5 a7) (next-to a7 s5) (next-to s6 a8) (next-to a8 s6)
    (next-to desk a4) (next-to a4 desk) (next-to bench a5) (next-to a5 bench)
    (next-to dock1 a1) (next-to a1 dock1) (next-to dock2 a8) (next-to a8 dock2)
    (drains-to full half) (drains-to half low) (drains-to low empty) (full-charge full)
    (stocks red batteries) (stocks red lamps) (stocks blue cables) (stocks green screws)
    (stocks green batteries) (stocks grey paint)
    (wants order1 batteries) (wants order1 cables) (wants order2 lamps) (wants order2 paint)
    (wants order3 screws) (wants order4 paint) (wants order4 batteries)
    (picked order4 batteries)
    (assigned order1 desk) (assigned order2 bench) (assigned order3 desk) (assigned order4 bench)
    (robot-at robo dock1) (occupied dock1) (battery robo full)
    (robot-at turtle a4) (occupied a4) (battery turtle low) (carrying turtle grey)
    (robot-at mole s2) (occupied s2) (battery mole empty)
    (pod-at red s1) (covered s1) (pod-at blue s2) (covered s2) (pod-at green s5) (covered s5)
    (= (total-cost) 0))
  (:goal (and
    (complete order1) (complete order2) (complete order3) (complete order4)
    (pod-at grey s6) (pod-at red s3) (battery mole full)
    (not (occupied desk)) (not (occupied bench))))
  (:metric minimize (total-cost)))
