// Package histories holds histories of every path of package workflows, recorded on a real
// Temporal server, and the workflows that they are of. Its tests replay the histories with
// today's code. They also prove that the histories suffice: a timer inserted at any place
// that issues commands makes a replay fail.
//
// `make histories` records the histories of the folder unreleased. A release keeps a copy of the
// folder under its version, which never changes again. The folder earlier has histories of code
// before a change id, for branches that no release's history takes. They never change either.
package histories
