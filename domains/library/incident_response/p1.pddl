; A bad deploy of one service.
(define (problem bad-deploy-of-search)
  (:domain incident-response)
  (:objects
    search - service
    dana - engineer
    release-42 - bad-deploy)
  (:init
    (on-call dana search)
    (affects release-42 search) (active release-42) (alerting search)
    (= (diagnosis-minutes release-42) 15)
    (= (total-cost) 0))
  (:goal (and (not (impaired search)) (written-up release-42)))
  (:metric minimize (total-cost)))
