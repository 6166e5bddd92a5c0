"""Training of the model that ships with the package: ``python -m newsbeam.nlp.training --help``.

The ``*.jsonl`` files beside this one are examples of our own, written for the types that labelled news
has few of. Nothing here is needed at run time.
"""
