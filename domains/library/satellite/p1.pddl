; One satellite, one instrument, one image.
(define (problem one-image)
  (:domain satellite)
  (:objects
    kepler - satellite
    camera - instrument
    infrared - mode
    vega - star
    jupiter - target)
  (:init
    (carries kepler camera) (supports camera infrared) (calibrates-on camera vega)
    (pointing kepler jupiter)
    (= (turn-seconds vega jupiter) 30) (= (turn-seconds jupiter vega) 30)
    (= (total-cost) 0))
  (:goal (imaged jupiter infrared))
  (:metric minimize (total-cost)))
