// Package gosource reads what reflection does not know of the repository's packages: the comments of types, fields,
// functions and constants, and which constants a type has. It is a tool of generators and tests.
package gosource
