// Package undos has the words for the undo of a saga: what its activities record of it ([Record]), and what
// they count. They stand apart because the activities that undo, workflow code and package control share them.
package undos
