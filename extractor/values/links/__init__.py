"""Links a value to the words around it: bound, baseline, subject, dataset of a score, model of a size."""
