; Two balls into the next room.
(define (problem two-balls)
  (:domain gripper)
  (:objects
    kitchen hall - room
    ball1 ball2 - ball
    left right - gripper)
  (:init
    (robot-in kitchen)
    (in ball1 kitchen) (in ball2 kitchen)
    (free left) (free right))
  (:goal (and (in ball1 hall) (in ball2 hall))))
