"""Evidence for an examination: the changes of a period, the proof that they are all, the exceptions."""
