"""The replay fixture: five documents with ten items, and the manifest that says which is which."""
