"""Rovers take samples and images, and send what they found to the lander."""
