// Package orphans has the words for what is left behind in the cloud when a workflow ends without an
// undo, such as by a terminate: what a sweep finds ([Item]), whose it is ([Owner]), and what follows
// from that ([Judge]). They stand apart because the activities that look, workflow code and programs
// that read a report share them.
package orphans
