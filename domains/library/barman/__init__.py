"""A barman with two hands mixes cocktails in a shaker and serves them in glasses."""
