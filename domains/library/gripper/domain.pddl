; A robot carries balls from room to room. Each of its grippers holds one ball at a time. From every
; room it can go straight to every other. Whatever it does can be undone, so there are no dead ends.

(define (domain gripper)
  (:requirements :strips :typing)
  (:types room ball gripper)

  (:predicates
    (robot-in ?room - room)
    (in ?ball - ball ?room - room)              ; lying there, not carried
    (carrying ?ball - ball ?gripper - gripper)
    (free ?gripper - gripper))

  (:action move
    :parameters (?from ?to - room)
    :precondition (robot-in ?from)
    :effect (and (not (robot-in ?from)) (robot-in ?to)))

  (:action pick-up
    :parameters (?ball - ball ?gripper - gripper ?room - room)
    :precondition (and (robot-in ?room) (in ?ball ?room) (free ?gripper))
    :effect (and (carrying ?ball ?gripper)
                 (not (in ?ball ?room)) (not (free ?gripper))))

  (:action put-down
    :parameters (?ball - ball ?gripper - gripper ?room - room)
    :precondition (and (robot-in ?room) (carrying ?ball ?gripper))
    :effect (and (in ?ball ?room) (free ?gripper)
                 (not (carrying ?ball ?gripper))))
)
