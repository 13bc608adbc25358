"""What every room agrees on: the message, the categories, the stored datasets, the classifier."""
