"""Which step of a plan needs which, and how little order it needs."""
