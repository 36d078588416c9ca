// Package snippets builds the Go code blocks of the project's documents, so that a document cannot show code that
// does not compile. Package documents of the examples runs the shell blocks.
//
// The words after ```go say where a block stands:
//
//	go            declarations: functions, types
//	go workflow   the body of a function with a workflow.Context ctx
//	go program    the body of a function with a context.Context ctx
//	go test       the body of a test, with a *testing.T t
//	go file NAME  a file that the reader saves: examples/documents builds it, beside the reader's other files
//
// A block needs neither a package clause nor imports, unless it shows them, and may use the names in given.go.
package snippets
