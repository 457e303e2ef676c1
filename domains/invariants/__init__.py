"""What holds in every reachable state, proved from the schemas: mutex groups and their kin."""
