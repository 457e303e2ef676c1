; Four packages between three cities.
(define (problem three-cities)
  (:domain logistics)
  (:objects
    london paris rome - city
    heathrow orly ciampino - airport
    camden soho montmartre pigalle monti trastevere - place
    london-truck paris-truck rome-truck - truck
    plane1 plane2 - aeroplane
    letter parcel crate box - package)
  (:init
    (in-city heathrow london) (in-city camden london) (in-city soho london)
    (in-city orly paris) (in-city montmartre paris) (in-city pigalle paris)
    (in-city ciampino rome) (in-city monti rome) (in-city trastevere rome)
    (at london-truck soho) (at paris-truck montmartre) (at rome-truck ciampino)
    (at plane1 heathrow) (at plane2 ciampino)
    (at letter camden) (at parcel monti) (at crate pigalle) (at box orly))
  (:goal (and
    (at letter trastevere) (at parcel soho) (at crate camden) (at box montmartre)
    (at plane1 orly))))
