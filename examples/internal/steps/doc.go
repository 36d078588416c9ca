// Package steps tells what a workflow with awaitop's steps does while it does it: each step that it starts, each that
// ends, each undo. It reads the workflow's history, so it shows a workflow of any code, whichever worker runs it.
package steps
