; Ten packages between five cities, with two aeroplanes.
(define (problem five-cities)
  (:domain logistics)
  (:objects
    london paris rome madrid vienna - city
    heathrow orly ciampino barajas schwechat - airport
    camden soho montmartre pigalle monti trastevere lavapies chamberi neubau wieden - place
    london-truck paris-truck rome-truck madrid-truck vienna-truck - truck
    plane1 plane2 - aeroplane
    pk1 pk2 pk3 pk4 pk5 pk6 pk7 pk8 pk9 pk10 - package)
  (:init
    (in-city heathrow london) (in-city camden london) (in-city soho london)
    (in-city orly paris) (in-city montmartre paris) (in-city pigalle paris)
    (in-city ciampino rome) (in-city monti rome) (in-city trastevere rome)
    (in-city barajas madrid) (in-city lavapies madrid) (in-city chamberi madrid)
    (in-city schwechat vienna) (in-city neubau vienna) (in-city wieden vienna)
    (at london-truck soho) (at paris-truck pigalle) (at rome-truck ciampino)
    (at madrid-truck lavapies) (at vienna-truck wieden)
    (at plane1 orly) (at plane2 schwechat)
    (at pk1 camden) (at pk2 soho) (at pk3 montmartre) (at pk4 pigalle) (at pk5 monti)
    (at pk6 trastevere) (at pk7 lavapies) (at pk8 chamberi) (at pk9 neubau)
    (aboard pk10 plane1))
  (:goal (and
    (at pk1 neubau) (at pk2 camden) (at pk3 lavapies) (at pk4 trastevere) (at pk5 montmartre)
    (at pk6 soho) (at pk7 wieden) (at pk8 chamberi) (at pk9 heathrow) (at pk10 monti))))
