"""Results of batches: what one says, where they are kept, and how they are read and summed up."""
