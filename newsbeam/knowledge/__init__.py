"""What newsbeam knows: vendors, authorities, words and rules, as data files that are checked on load."""
