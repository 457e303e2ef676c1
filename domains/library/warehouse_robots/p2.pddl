; Two robots, of which one is empty, and two orders at one station.
(define (problem two-robots)
  (:domain warehouse-robots)
  (:objects
    a1 a2 a3 a4 a5 a6 - aisle
    s1 s2 s3 s4 - storage
    desk bench - station
    dock1 dock2 - dock
    robo turtle - robot
    red blue - pod
    batteries lamps cables - item
    order1 order2 - order
    empty half full - level)
  (:init
    (next-to a1 a2) (next-to a2 a1) (next-to a2 a3) (next-to a3 a2)
    (next-to a3 a4) (next-to a4 a3) (next-to a4 a5) (next-to a5 a4)
    (next-to a5 a6) (next-to a6 a5) (next-to a6 a1) (next-to a1 a6)
    (next-to a2 a5) (next-to a5 a2) (next-to s1 a2) (next-to a2 s1)
    (next-to s2 a3) (next-to a3 s2) (next-to s3 a4) (next-to a4 s3)
    (next-to s4 a5) (next-to a5 s4) (next-to desk a6) (next-to a6 desk)
    (next-to bench a6) (next-to a6 bench) (next-to dock1 a1) (next-to a1 dock1)
    (next-to dock2 a4) (next-to a4 dock2)
    (drains-to full half) (drains-to half empty) (full-charge full)
    (stocks red batteries) (stocks red lamps) (stocks blue cables)
    (wants order1 batteries) (wants order1 cables) (wants order2 lamps)
    (assigned order1 desk) (assigned order2 bench)
    (robot-at robo dock1) (occupied dock1) (battery robo half)
    (robot-at turtle a4) (occupied a4) (battery turtle empty)
    (pod-at red s1) (covered s1) (pod-at blue s2) (covered s2)
    (= (total-cost) 0))
  (:goal (and
    (complete order1) (complete order2)
    (pod-at red s4) (robot-at turtle dock2) (battery turtle full)))
  (:metric minimize (total-cost)))
