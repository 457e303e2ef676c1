; One robot, one pod, one order.
(define (problem one-order)
  (:domain warehouse-robots)
  (:objects
    a1 a2 a3 a4 - aisle
    s1 s2 - storage
    desk - station
    dock1 - dock
    robo - robot
    red - pod
    batteries - item
    order1 - order
    empty half full - level)
  (:init
    (next-to a1 a2) (next-to a2 a1) (next-to a2 a3) (next-to a3 a2)
    (next-to a3 a4) (next-to a4 a3) (next-to a4 a1) (next-to a1 a4)
    (next-to s1 a2) (next-to a2 s1) (next-to s2 a3) (next-to a3 s2)
    (next-to desk a4) (next-to a4 desk) (next-to dock1 a1) (next-to a1 dock1)
    (drains-to full half) (drains-to half empty) (full-charge full)
    (stocks red batteries) (wants order1 batteries) (assigned order1 desk)
    (robot-at robo dock1) (occupied dock1) (battery robo half)
    (pod-at red s1) (covered s1)
    (= (total-cost) 0))
  (:goal (and (complete order1) (pod-at red s1)))
  (:metric minimize (total-cost)))
