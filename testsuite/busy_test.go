package testsuite

import (
	"strings"
	"testing"
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/workflows"
)

// failures collects what a test would report.
type failures struct {
	testing.TB
	texts chan string
}

func (f failures) Helper() {}

func (f failures) Errorf(format string, _ ...any) { f.texts <- format }

// A wait for an operation without an end, which time that is skipped would keep
// busy for ever, fails the test and is canceled.
func TestBusyWorkflow(t *testing.T) {
	t.Parallel()
	env := NewEnv(t, Options{})
	seen := failures{TB: t, texts: make(chan string, 1)}
	env.t, env.busy = seen, 50*time.Millisecond
	ref := env.Start("projects/p/instances/i/operations/o", Script{End: RunForever()})
	env.ExecuteWorkflow(func(ctx workflow.Context) error {
		_, err := workflows.Await(ctx, ref, workflows.AwaitOptions{})
		return err
	})
	if got := <-seen.texts; !strings.Contains(got, "does not end") {
		t.Errorf("the test failed with %q", got)
	}
	env.AssertCanceled(t, ref)
}
