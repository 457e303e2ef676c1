; Four services in a chain of dependencies; payments has an open incident. The new checkout goes out
; dark: its flag, which is on from a trial, must be off in the end.
(define (problem new-checkout)
  (:domain software-release)
  (:objects
    accounts payments basket checkout - service
    rotate-keys retry-charges merge-baskets one-page-checkout saved-cards - change
    one-page wallet - flag)
  (:init
    (depends-on payments accounts)
    (depends-on basket accounts)
    (depends-on checkout payments) (depends-on checkout basket)
    (belongs-to rotate-keys accounts) (belongs-to retry-charges payments)
    (belongs-to merge-baskets basket)
    (belongs-to one-page-checkout checkout) (belongs-to saved-cards checkout)
    (guards one-page checkout) (guards wallet payments)
    (needs-migration payments) (needs-migration basket)
    (reviewed rotate-keys) (merged rotate-keys) (tests-pass accounts)
    (reviewed saved-cards)
    (incident-open payments)
    (enabled one-page)
    (= (test-minutes accounts) 6) (= (test-minutes payments) 25)
    (= (test-minutes basket) 9) (= (test-minutes checkout) 14)
    (= (total-cost) 0))
  (:goal (and
    (in-production checkout)
    (not (enabled one-page))
    (not (incident-open payments))
    (enabled wallet)
    (announced payments)))
  (:metric minimize (total-cost)))
