; One package within a city, one to the other city.
(define (problem two-packages)
  (:domain logistics)
  (:objects
    london paris - city
    heathrow orly - airport
    camden montmartre - place
    london-truck paris-truck - truck
    plane - aeroplane
    letter parcel - package)
  (:init
    (in-city heathrow london) (in-city camden london)
    (in-city orly paris) (in-city montmartre paris)
    (at london-truck heathrow) (at paris-truck orly) (at plane orly)
    (at letter camden) (at parcel camden))
  (:goal (and (at letter montmartre) (at parcel heathrow))))
