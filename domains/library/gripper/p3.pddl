; Twelve balls in four rooms; one is in a gripper already, and one is to be held in the end.
(define (problem clear-the-house)
  (:domain gripper)
  (:objects
    kitchen hall study cellar - room
    ball1 ball2 ball3 ball4 ball5 ball6 ball7 ball8 ball9 ball10 ball11 ball12 - ball
    left right - gripper)
  (:init
    (robot-in study)
    (carrying ball12 left) (free right)
    (in ball1 kitchen) (in ball2 kitchen) (in ball3 kitchen) (in ball4 hall)
    (in ball5 hall) (in ball6 hall) (in ball7 study) (in ball8 study)
    (in ball9 study) (in ball10 cellar) (in ball11 cellar))
  (:goal (and
    (in ball1 cellar) (in ball2 cellar) (in ball3 cellar) (in ball4 cellar)
    (in ball5 kitchen) (in ball6 kitchen) (in ball7 kitchen) (in ball8 hall)
    (in ball9 hall) (in ball10 hall) (in ball12 study)
    (carrying ball11 right) (robot-in study))))
