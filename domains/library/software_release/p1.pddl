; A shop that depends on accounts; one change each, and a feature behind a flag.
(define (problem gift-cards)
  (:domain software-release)
  (:objects
    accounts shop - service
    store-balance sell-gift-cards - change
    gift-cards - flag)
  (:init
    (depends-on shop accounts)
    (belongs-to store-balance accounts) (belongs-to sell-gift-cards shop)
    (guards gift-cards shop)
    (needs-migration accounts)
    (reviewed store-balance)
    (= (test-minutes accounts) 6) (= (test-minutes shop) 12)
    (= (total-cost) 0))
  (:goal (and (in-production shop) (enabled gift-cards) (announced shop)))
  (:metric minimize (total-cost)))
