"""Satellites turn, calibrate their instruments and take images."""
