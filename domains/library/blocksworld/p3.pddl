; Twelve blocks from three towers of mixed letters into three towers in alphabetical order.
(define (problem towers-in-order)
  (:domain blocksworld)
  (:objects a b c d e f g h i j k l - block)
  (:init
    (arm-empty)
    (on-table a) (on g a) (on d g) (on j d) (clear j)
    (on-table k) (on b k) (on h b) (on e h) (clear e)
    (on-table f) (on l f) (on i l) (on c i) (clear c))
  (:goal (and
    (on a b) (on b c) (on c d) (on-table d)
    (on e f) (on f g) (on g h) (on-table h)
    (on i j) (on j k) (on k l) (on-table l))))
