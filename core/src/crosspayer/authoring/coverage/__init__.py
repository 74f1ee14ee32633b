"""What a plugin's cases exercise of its rules, and which wrong rules they would catch."""
