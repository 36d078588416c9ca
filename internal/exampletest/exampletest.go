// Package exampletest gives the Examples of test tools a testing.TB, which an
// Example does not have.
package exampletest

import (
	"fmt"
	"slices"
	"testing"
)

// Run calls test as "go test" would call a test. It prints each failure, and runs
// the test's cleanups. A Fatalf ends test.
func Run(test func(t testing.TB)) {
	t := &example{}
	defer t.finish()
	test(t)
}

// example prints what a test would report. Methods that Examples do not need are
// those of a nil testing.TB.
type example struct {
	testing.TB
	cleanups []func()
}

// fatal ends the test.
type fatal struct{}

func (t *example) Helper()                           {}
func (t *example) Cleanup(f func())                  { t.cleanups = append(t.cleanups, f) }
func (t *example) Error(args ...any)                 { fmt.Println(args...) }
func (t *example) Errorf(format string, args ...any) { fmt.Printf(format+"\n", args...) }

func (t *example) Fatal(args ...any) {
	t.Error(args...)
	panic(fatal{})
}

func (t *example) Fatalf(format string, args ...any) {
	t.Errorf(format, args...)
	panic(fatal{})
}

func (t *example) finish() {
	end := recover()
	for _, f := range slices.Backward(t.cleanups) {
		f()
	}
	if _, ended := end.(fatal); end != nil && !ended {
		panic(end)
	}
}
