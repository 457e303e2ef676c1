"""A worker pushes boxes through a maze to the cells where they belong."""
