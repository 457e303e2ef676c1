; Turn a tower of three upside down.
(define (problem turn-a-tower-over)
  (:domain blocksworld)
  (:objects red green blue - block)
  (:init
    (arm-empty)
    (on-table blue) (on green blue) (on red green) (clear red))
  (:goal (and (on blue green) (on green red))))
