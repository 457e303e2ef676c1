"""Language models: what they are to goalsmith, endpoints that serve them, recordings of them."""
