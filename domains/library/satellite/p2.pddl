; Two satellites share three images between them; one is to point to a star in the end.
(define (problem three-images)
  (:domain satellite)
  (:objects
    hermes iris - satellite
    camera thermal radar1 - instrument
    optical infrared radar - mode
    vega polaris - star
    crater volcano storm - target)
  (:init
    (carries hermes camera) (carries hermes thermal) (carries iris radar1)
    (supports camera optical) (supports thermal infrared) (supports radar1 radar)
    (calibrates-on camera vega) (calibrates-on thermal polaris) (calibrates-on radar1 vega)
    (pointing hermes storm) (pointing iris polaris)
    (powered camera)
    (= (turn-seconds vega polaris) 15) (= (turn-seconds polaris vega) 15)
    (= (turn-seconds vega crater) 20) (= (turn-seconds crater vega) 20)
    (= (turn-seconds vega volcano) 20) (= (turn-seconds volcano vega) 20)
    (= (turn-seconds vega storm) 65) (= (turn-seconds storm vega) 65)
    (= (turn-seconds polaris crater) 35) (= (turn-seconds crater polaris) 35)
    (= (turn-seconds polaris volcano) 55) (= (turn-seconds volcano polaris) 55)
    (= (turn-seconds polaris storm) 50) (= (turn-seconds storm polaris) 50)
    (= (turn-seconds crater volcano) 40) (= (turn-seconds volcano crater) 40)
    (= (turn-seconds crater storm) 15) (= (turn-seconds storm crater) 15)
    (= (turn-seconds volcano storm) 35) (= (turn-seconds storm volcano) 35)
    (= (total-cost) 0))
  (:goal (and
    (imaged crater optical) (imaged volcano infrared) (imaged storm radar)
    (pointing hermes vega)))
  (:metric minimize (total-cost)))
