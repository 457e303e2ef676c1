; The checkout alerts, but what is behind it is also the database on which it depends.
(define (problem checkout-is-down)
  (:domain incident-response)
  (:objects
    database payments checkout - service
    dana omar - engineer
    lost-index - corrupt-data
    release-7 - bad-deploy
    sale-rush - overload)
  (:init
    (depends-on payments database) (depends-on checkout payments)
    (critical payments)
    (on-call dana database) (on-call omar payments) (on-call omar checkout)
    (affects lost-index database) (affects release-7 payments) (affects sale-rush checkout)
    (active lost-index) (active release-7) (active sale-rush)
    (alerting checkout) (alerting payments)
    (= (diagnosis-minutes lost-index) 40) (= (diagnosis-minutes release-7) 10)
    (= (diagnosis-minutes sale-rush) 5)
    (= (total-cost) 0))
  (:goal (and
    (not (impaired checkout))
    (not (alerting checkout)) (not (alerting payments))
    (not (diverted payments))
    (informed checkout)
    (written-up lost-index)))
  (:metric minimize (total-cost)))
