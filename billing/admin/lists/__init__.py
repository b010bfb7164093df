"""Lists of any length: counted, paged, narrowed, searched, added up."""
