package workflows_test

import (
	"fmt"
	"runtime"
	"testing"
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/workflows"
)

// A blocked AwaitOperation keeps a stack of 8 KiB. A few hundred bytes more in a frame
// that blocks make the runtime keep 16 KiB, and a worker has thousands of such stacks.
// This test is not parallel, because it measures the process.
func TestBlockedStack(t *testing.T) {
	const waits = 200
	w := newWorld(t)
	stacks := func() uint64 {
		runtime.GC() // halves stacks of which less than a quarter is in use
		runtime.GC()
		var stats runtime.MemStats
		runtime.ReadMemStats(&stats)
		return stats.StackInuse
	}
	before := stacks()
	var blocked uint64
	w.env.RegisterDelayedCallback(func() {
		blocked = stacks()
		w.env.CancelWorkflow()
	}, time.Hour)
	w.env.ExecuteWorkflow(func(ctx workflow.Context) error {
		waiting := make([]workflow.Future, waits)
		for i := range waiting {
			ref := w.service.MustStart(fmt.Sprint(operationName, i), testsuite.Script{End: testsuite.RunForever()})
			waiting[i] = workflows.ExecuteChild(ctx, ref, workflows.AwaitOptions{CancelPolicy: workflows.Abandon, Policy: lro.PollPolicy{InitialInterval: 2 * time.Hour}})
		}
		free, _ := workflow.NewDisconnectedContext(ctx)
		for _, one := range waiting {
			_ = one.Get(free, nil)
		}
		return nil
	})
	if err := w.env.GetWorkflowError(); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d KiB a wait", (blocked-before)/waits>>10)
}
