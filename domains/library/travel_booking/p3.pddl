; Three trips through six cities. One is confirmed and has to be opened again, since another hotel is
; wanted; the colleague who only applies for a visa does not travel yet.
(define (problem conference-season)
  (:domain travel-booking)
  (:objects
    ada ben chen dora - traveller
    boss chief - manager
    keynote audit tour - trip
    paris london tokyo seoul delhi berlin - city
    france britain japan korea india germany - country
    par-lon lon-par lon-tok tok-lon tok-seo seo-tok par-ber ber-par ber-del del-ber
    par-tok tok-par seo-par - flight
    strand sakura garden han lotus spree - hotel)
  (:init
    (makes ada keynote) (begins-in keynote paris) (visits keynote tokyo) (visits keynote seoul)
    (makes ben audit) (begins-in audit berlin) (visits audit delhi)
    (makes chen tour) (begins-in tour london) (visits tour paris) (visits tour berlin)
    (in-country paris france) (in-country london britain) (in-country tokyo japan)
    (in-country seoul korea) (in-country delhi india) (in-country berlin germany)
    (citizen ada france) (citizen ben germany) (citizen chen britain) (citizen dora india)
    (visa-required ada korea) (visa-required ben india) (visa-required dora britain)
    (manages boss ada) (manages boss ben) (manages chief chen) (manages chief dora)
    (flies par-lon paris london) (flies lon-par london paris)
    (flies lon-tok london tokyo) (flies tok-lon tokyo london)
    (flies tok-seo tokyo seoul) (flies seo-tok seoul tokyo)
    (flies par-ber paris berlin) (flies ber-par berlin paris)
    (flies ber-del berlin delhi) (flies del-ber delhi berlin)
    (flies par-tok paris tokyo) (flies tok-par tokyo paris) (flies seo-par seoul paris)
    (hotel-in strand paris) (hotel-in sakura tokyo) (hotel-in garden tokyo)
    (hotel-in han seoul) (hotel-in lotus delhi) (hotel-in spree berlin)
    (sold-out seo-par) (sold-out sakura)
    (above-limit par-tok) (above-limit tok-par) (above-limit lon-tok) (above-limit garden)
    (approved audit) (booked audit ber-del) (booked audit del-ber) (booked audit lotus)
    (passport-valid ben) (has-visa ben india) (confirmed audit)
    (approved tour) (booked tour lon-par)
    (passport-valid chen)
    (= (price par-lon) 70) (= (price lon-par) 75) (= (price lon-tok) 610) (= (price tok-lon) 290)
    (= (price tok-seo) 120) (= (price seo-tok) 130) (= (price par-ber) 95) (= (price ber-par) 85)
    (= (price ber-del) 280) (= (price del-ber) 270)
    (= (price par-tok) 700) (= (price tok-par) 680) (= (price seo-par) 300)
    (= (price strand) 160) (= (price sakura) 150) (= (price garden) 320) (= (price han) 140)
    (= (price lotus) 110) (= (price spree) 120)
    (= (total-cost) 0))
  (:goal (and
    (confirmed keynote) (confirmed tour)
    (not (booked audit lotus)) (not (confirmed audit))
    (has-visa dora britain)))
  (:metric minimize (total-cost)))
