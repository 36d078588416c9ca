package exampletest_test

import (
	"fmt"
	"testing"

	"github.com/awaitop/awaitop/internal/exampletest"
)

// Failures are printed, a fatal one ends the test, and cleanups run in reverse
// order.
func ExampleRun() {
	exampletest.Run(func(t testing.TB) {
		t.Helper()
		t.Cleanup(func() { fmt.Println("first cleanup") })
		t.Cleanup(func() { fmt.Println("second cleanup") })
		t.Error("one", 1)
		t.Errorf("two %d", 2)
		t.Fatal("three")
	})
	exampletest.Run(func(t testing.TB) { t.Fatalf("four %d", 4) })
	// Output:
	// one 1
	// two 2
	// three
	// second cleanup
	// first cleanup
	// four 4
}

func TestPanicGoesOn(t *testing.T) {
	t.Parallel()
	defer func() {
		if got := recover(); got != "mine" {
			t.Errorf("recovered %v", got)
		}
	}()
	exampletest.Run(func(testing.TB) { panic("mine") })
}
