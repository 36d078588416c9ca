package testsuite

// TB is a test: what this package needs of a testing.TB, which is one. A program that serves a scripted [Service], such as
// `awaitop dev`, needs no test, and does not import package testing.
type TB interface {
	Helper()
	Logf(format string, args ...any)
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
	Cleanup(func())
}
