; Five balls sorted into three rooms; the robot ends where it began.
(define (problem sort-the-balls)
  (:domain gripper)
  (:objects
    kitchen hall study - room
    ball1 ball2 ball3 ball4 ball5 - ball
    left right - gripper)
  (:init
    (robot-in hall)
    (in ball1 kitchen) (in ball2 hall) (in ball3 study) (in ball4 hall) (in ball5 kitchen)
    (free left) (free right))
  (:goal (and
    (in ball1 study) (in ball2 study) (in ball3 kitchen) (in ball4 kitchen) (in ball5 hall)
    (robot-in hall))))
