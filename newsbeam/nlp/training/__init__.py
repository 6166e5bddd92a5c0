"""Training of the model that ships with the package: ``python -m newsbeam.nlp.training --help``.

The ``*.jsonl`` files beside this one are examples of our own, in the manner of several kinds of outlets, with
more of the rare types and of what only looks like an event. Nothing here is needed at run time.
"""
