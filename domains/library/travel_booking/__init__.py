"""Business trips are approved, booked flight by flight, and confirmed."""
