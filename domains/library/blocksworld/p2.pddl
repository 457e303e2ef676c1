; From two towers to one tower and two blocks by themselves.
(define (problem sort-two-towers)
  (:domain blocksworld)
  (:objects a b c d e f - block)
  (:init
    (arm-empty)
    (on-table c) (on a c) (on e a) (clear e)
    (on-table f) (on b f) (on d b) (clear d))
  (:goal (and (on a b) (on b c) (on c d) (on-table e) (on-table f))))
