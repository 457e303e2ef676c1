"""The monitor: carries a plan out, compares what it sees with what it expects, and replans."""
