"""The grammar of the answers that a task allows, in the forms that endpoints take."""
