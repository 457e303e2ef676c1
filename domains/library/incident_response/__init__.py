"""Engineers are paged, find the faults behind alerts, mitigate and repair, and write it up."""
