; A trip to one city in the same country, and back.
(define (problem day-in-rome)
  (:domain travel-booking)
  (:objects
    ada - traveller
    boss - manager
    workshop - trip
    milan rome - city
    italy - country
    az10 az11 - flight
    forum - hotel)
  (:init
    (makes ada workshop) (begins-in workshop milan) (visits workshop rome)
    (in-country milan italy) (in-country rome italy) (citizen ada italy)
    (manages boss ada)
    (flies az10 milan rome) (flies az11 rome milan) (hotel-in forum rome)
    (= (price az10) 80) (= (price az11) 95) (= (price forum) 140)
    (= (total-cost) 0))
  (:goal (confirmed workshop))
  (:metric minimize (total-cost)))
