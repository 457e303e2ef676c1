"""Batches: jobs done in warm processes or on a cluster, and what is told of them meanwhile."""
