"""Ever better plans from several sources at once."""
