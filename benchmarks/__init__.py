"""Speed and memory, measured against the floor in one run, as ratios: absolute times are noise."""
