package workflows_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/workflows"
)

// A poll now of a running operation leaves what it has read in the workflow's memo, where
// operators see it without a worker. Nothing else does: it costs an event.
func TestPollNowMemo(t *testing.T) {
	t.Parallel()
	w := newWorld(t, testsuite.Unavailable().On(testsuite.MethodGet).During(20*time.Minute, 22*time.Minute))
	memos := &memoRecorder{}
	w.env.SetWorkerOptions(worker.Options{
		DeadlockDetectionTimeout: 30 * time.Second, Interceptors: []interceptor.WorkerInterceptor{workflows.Interceptor(), memos},
	})
	began := w.env.Now()
	ref := w.service.Start(operationName, testsuite.Script{
		RunsFor: 30 * time.Minute, Metadata: testsuite.RawMetadata(`{"progressPercent": 17, "optimizeDatabaseOperationName": "projects/p/operations/next"}`),
	})
	w.update(10*time.Minute, workflows.PollNowUpdate)
	w.update(21*time.Minute, workflows.PollNowUpdate) // it fails
	w.update(40*time.Minute, workflows.PollNowUpdate) // it ends the wait
	if _, err := w.await(ref, workflows.AwaitOptions{Policy: slow}); err != nil {
		t.Fatal(err)
	}
	want := []workflows.Observed{{Time: began.Add(10 * time.Minute).UTC(), Progress: lro.Progress{Percent: 17, Known: true}}}
	if diff := cmp.Diff(want, memos.observed); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// memoRecorder records what a workflow adds to its memo.
type memoRecorder struct {
	interceptor.WorkerInterceptorBase
	observed []workflows.Observed
	undoing  []string // the resources of UndoMemo, by upsert
}

func (r *memoRecorder) InterceptWorkflow(_ workflow.Context, next interceptor.WorkflowInboundInterceptor) interceptor.WorkflowInboundInterceptor {
	return &memoInbound{WorkflowInboundInterceptorBase: interceptor.WorkflowInboundInterceptorBase{Next: next}, recorder: r}
}

type memoInbound struct {
	interceptor.WorkflowInboundInterceptorBase
	recorder *memoRecorder
}

func (i *memoInbound) Init(outbound interceptor.WorkflowOutboundInterceptor) error {
	return i.Next.Init(&memoOutbound{WorkflowOutboundInterceptorBase: interceptor.WorkflowOutboundInterceptorBase{Next: outbound}, recorder: i.recorder})
}

type memoOutbound struct {
	interceptor.WorkflowOutboundInterceptorBase
	recorder *memoRecorder
}

func (o *memoOutbound) UpsertMemo(ctx workflow.Context, memo map[string]any) error {
	if observed, ok := memo[workflows.ObservedMemo].(workflows.Observed); ok {
		o.recorder.observed = append(o.recorder.observed, observed)
	}
	if undoing, ok := memo[workflows.UndoMemo]; ok {
		o.recorder.undoing = append(o.recorder.undoing, resources(undoing))
	}
	return o.Next.UpsertMemo(ctx, memo)
}
