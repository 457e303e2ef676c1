; The schema of a source has changed, and a running table has to be made again over two days.
(define (problem new-schema)
  (:domain data-pipeline-repair)
  (:objects
    orders customers - source
    sales balance - table
    sum-sales add-up - job
    monday tuesday - day)
  (:init
    (reads sum-sales orders) (reads sum-sales customers) (writes sum-sales sales)
    (reads add-up sales) (writes add-up balance)
    (running balance) (follows tuesday monday)
    (outdated sum-sales customers) (paused add-up)
    (loaded orders monday) (validated orders monday)
    (loaded orders tuesday) (validated orders tuesday)
    (loaded customers monday) (wrong customers monday)
    (loaded sales monday) (wrong sales monday)
    (loaded balance monday) (wrong balance monday)
    (loaded balance tuesday) (wrong balance tuesday)
    (published balance tuesday)
    (= (run-minutes sum-sales) 20) (= (run-minutes add-up) 8)
    (= (total-cost) 0))
  (:goal (and
    (validated sales monday) (validated sales tuesday)
    (validated balance monday) (validated balance tuesday)
    (not (paused sum-sales)) (not (paused add-up))
    (published balance monday) (published balance tuesday)))
  (:metric minimize (total-cost)))
