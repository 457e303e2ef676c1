"""A robot runs errands in an office: keys, documents to print and sign, and coffee."""
