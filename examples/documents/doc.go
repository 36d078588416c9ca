// Package documents does what the project's documents tell a reader to do: it saves the files that they show and runs
// their commands, in their order, in a fresh copy of the checkout.
//
// A document is a [Session]. Every block marked sh is run, and a block marked "LANGUAGE file NAME" is saved as NAME in
// the folder of the session. A [Rule] says which commands are run otherwise than a reader would, and why: the test has
// the list. A document's commands use few programs, which the test lists too, and variables that the document sets.
package documents
