// Package generated shows steps made of the messages of Google's generated client, as a
// program has them that called the API before: the same message goes in, and the
// resource comes back as a message, with every field that the API has.
package generated
