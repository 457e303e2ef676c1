"""A hand moves blocks, one at a time, between a table and towers."""
