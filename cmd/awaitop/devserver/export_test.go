package devserver

// Find is find, for tests that need the CLI itself.
var Find = find
