"""Tasks grounded to finite-domain variables, as Fast Downward's translator makes them."""
