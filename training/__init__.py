"""Training: the labelled texts, the fit, and how good it is."""
