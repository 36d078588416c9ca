package workflows_test

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/workflows"
)

// TestPanicInSaga: a panic undoes nothing and keeps its message. An error does, be it made
// of a panic.
func TestPanicInSaga(t *testing.T) {
	t.Parallel()
	count := func(m map[string]int) error {
		m["the real bug"]++
		return nil
	}
	bug := func() error { return count(nil) }
	rows := map[string]struct {
		reason string
		body   func() error
		want   string
		undone bool
	}{
		"a panic": {reason: "blocking during a panic would replace it", body: bug, want: "assignment to entry in nil map"},
		"a panic with an error": {
			reason: "what a deferred function panics with after an error is the panic",
			body: func() error {
				defer func() { panic("the later bug") }()
				return errors.New("the first error")
			},
			want: "the later bug",
		},
		"recovered": {
			reason: "once recovered, a panic is an error like others",
			body: func() (err error) {
				defer func() { err = fmt.Errorf("recovered: %v", recover()) }()
				return bug()
			},
			want: "recovered: assignment to entry in nil map", undone: true,
		},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			undone := false
			w.env.RegisterDelayedCallback(w.env.CancelWorkflow, time.Minute)
			err := w.run(func(ctx workflow.Context) error {
				return workflows.WithSaga(ctx, workflows.SagaOptions{}, func(ctx workflow.Context, saga *workflows.Saga) error {
					_ = saga.Add("thing", func(ctx workflow.Context) error {
						undone = true
						return workflow.Sleep(ctx, time.Second) // it blocks, as an activity does
					})
					_ = workflow.Sleep(ctx, time.Hour)
					return row.body()
				})
			})
			if err == nil || !strings.Contains(err.Error(), row.want) || undone != row.undone {
				t.Errorf("%s: ended with %v, undone %t; want %q", row.reason, err, undone, row.want)
			}
		})
	}
}

// TestDroppedSaga: a worker that drops a workflow from its cache ends its coroutines by
// runtime.Goexit. No undo begins.
func TestDroppedSaga(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	undone, ended := false, make(chan struct{})
	if err := w.run(func(ctx workflow.Context) error {
		go func() {
			defer close(ended)
			_ = workflows.WithSaga(ctx, workflows.SagaOptions{}, func(_ workflow.Context, saga *workflows.Saga) error {
				_ = saga.Add("thing", func(workflow.Context) error { undone = true; return nil })
				runtime.Goexit()
				return nil
			})
		}()
		<-ended
		return nil
	}); err != nil || undone {
		t.Errorf("%v; undo began: %t", err, undone)
	}
}
