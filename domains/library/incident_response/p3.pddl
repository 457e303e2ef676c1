; Six services and five faults; one was found already, and all engineers go home in the end.
(define (problem long-night)
  (:domain incident-response)
  (:objects
    network database accounts payments search shop - service
    dana omar yuki - engineer
    half-restore - corrupt-data
    release-7 release-9 - bad-deploy
    crawler sale-rush - overload)
  (:init
    (depends-on database network) (depends-on accounts database) (depends-on payments accounts)
    (depends-on payments database) (depends-on search database)
    (depends-on shop payments) (depends-on shop search)
    (critical database) (critical shop)
    (on-call dana network) (on-call dana database) (on-call omar accounts) (on-call omar payments)
    (on-call yuki search) (on-call yuki shop) (on-call omar shop)
    (affects half-restore database) (affects release-7 payments) (affects release-9 shop)
    (affects crawler search) (affects sale-rush shop)
    (active half-restore) (active release-7) (active release-9) (active crawler) (active sale-rush)
    (alerting shop) (alerting search) (alerting accounts) (alerting database)
    (paged dana) (in-charge dana database) (diagnosed half-restore) (diverted database)
    (= (diagnosis-minutes half-restore) 55) (= (diagnosis-minutes release-7) 20)
    (= (diagnosis-minutes release-9) 15) (= (diagnosis-minutes crawler) 30)
    (= (diagnosis-minutes sale-rush) 5)
    (= (total-cost) 0))
  (:goal (and
    (not (impaired shop)) (not (impaired search)) (not (impaired accounts))
    (not (alerting shop)) (not (alerting search)) (not (alerting accounts))
    (not (alerting database))
    (informed shop) (informed payments)
    (written-up half-restore) (written-up release-9) (written-up crawler)
    (not (paged dana)) (not (paged omar)) (not (paged yuki))))
  (:metric minimize (total-cost)))
