; One day of one source was bad, and with it the table made from it.
(define (problem bad-monday)
  (:domain data-pipeline-repair)
  (:objects
    orders - source
    sales - table
    sum-sales - job
    monday - day)
  (:init
    (reads sum-sales orders) (writes sum-sales sales)
    (loaded orders monday) (wrong orders monday)
    (loaded sales monday) (wrong sales monday)
    (= (run-minutes sum-sales) 12)
    (= (total-cost) 0))
  (:goal (published sales monday))
  (:metric minimize (total-cost)))
