; The problem of the goals and plans in this folder.
(define (problem two) (:domain blocks)
  (:objects left right - hand a b - block)
  (:init (on a table) (on b a) (clear b) (= (weight a) 1) (= (weight b) 2.5))
  (:goal (on a b)))
