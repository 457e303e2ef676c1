"""Jobs are fixed and run again, day by day, until tables are right and published."""
