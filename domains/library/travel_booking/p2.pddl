; Two trips. For one a visa is needed; the direct flight is dear, the way by Doha is not. The other
; has a booking that is no longer wanted.
(define (problem two-trips)
  (:domain travel-booking)
  (:objects
    ada ben - traveller
    boss chief - manager
    audit fair - trip
    paris doha delhi berlin - city
    france qatar india germany - country
    direct-out direct-back west east south north train-out train-back - flight
    lotus palace spree - hotel)
  (:init
    (makes ada audit) (begins-in audit paris) (visits audit delhi)
    (makes ben fair) (begins-in fair paris) (visits fair berlin)
    (in-country paris france) (in-country doha qatar) (in-country delhi india)
    (in-country berlin germany)
    (citizen ada france) (citizen ben germany)
    (visa-required ada india)
    (manages boss ada) (manages chief ben)
    (flies direct-out paris delhi) (flies direct-back delhi paris)
    (flies east paris doha) (flies south doha delhi)
    (flies north delhi doha) (flies west doha paris)
    (flies train-out paris berlin) (flies train-back berlin paris)
    (hotel-in lotus delhi) (hotel-in palace delhi) (hotel-in spree berlin)
    (sold-out lotus)
    (above-limit direct-out) (above-limit direct-back) (above-limit palace)
    (approved fair) (booked fair train-out) (booked fair palace)
    (= (price direct-out) 820) (= (price direct-back) 790)
    (= (price east) 210) (= (price south) 190) (= (price north) 180) (= (price west) 220)
    (= (price train-out) 90) (= (price train-back) 90)
    (= (price lotus) 110) (= (price palace) 340) (= (price spree) 120)
    (= (total-cost) 0))
  (:goal (and (confirmed audit) (confirmed fair) (not (booked fair palace))))
  (:metric minimize (total-cost)))
