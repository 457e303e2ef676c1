"""A team takes changes of services from review to production."""
