"""Trucks within cities and aeroplanes between them deliver packages."""
