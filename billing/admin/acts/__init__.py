"""Acts that need more than a yes: a whole list, a second person, a file, a job."""
