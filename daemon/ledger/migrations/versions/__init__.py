"""One module a version; a version that was released never changes."""
