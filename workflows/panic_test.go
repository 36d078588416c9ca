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

// TestPanicInSaga: a panic keeps its message, whatever the saga had to undo.
func TestPanicInSaga(t *testing.T) {
	t.Parallel()
	count := func(m map[string]int) error {
		m["the real bug"]++
		return nil
	}
	bug := func() error { return count(nil) }
	rows := map[string]struct {
		reason string
		body   func(saga *workflows.Saga) error
		want   string
		undone bool
	}{
		"close deferred": {
			reason: "blocking during a panic would replace it",
			body:   func(saga *workflows.Saga) (err error) { defer saga.Close(&err); return bug() },
			want:   "assignment to entry in nil map",
		},
		"close in a closure": {
			reason: "so it would there",
			body:   func(saga *workflows.Saga) (err error) { defer func() { saga.Close(&err) }(); return bug() },
			want:   "assignment to entry in nil map",
		},
		"a panic with an error": {
			reason: "what a deferred function panics with after an error is the panic, which says so",
			body: func(saga *workflows.Saga) (err error) {
				defer saga.Close(&err)
				defer func() { panic("the later bug") }()
				return errors.New("the first error")
			},
			want: "the later bug",
		},
		"recovered before": {
			reason: "once recovered, a panic is an error like others",
			body: func(saga *workflows.Saga) (err error) {
				defer saga.Close(&err)
				defer func() { err = fmt.Errorf("recovered: %v", recover()) }()
				return bug()
			},
			want: "recovered: assignment to entry in nil map", undone: true,
		},
		"recovered beside": {
			reason: "Close cannot undo there, and says so",
			body: func(saga *workflows.Saga) (err error) {
				defer func() {
					err = fmt.Errorf("recovered: %v", recover())
					saga.Close(&err)
				}()
				return bug()
			},
			want: "recover in a deferred function of its own, declared after the one that closes the saga: recovered: assignment",
		},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			undone := false
			w.env.RegisterDelayedCallback(w.env.CancelWorkflow, time.Minute)
			err := w.run(func(ctx workflow.Context) error {
				saga := workflows.NewSaga(ctx, workflows.SagaOptions{})
				saga.Add("thing", func(ctx workflow.Context) error {
					undone = true
					return workflow.Sleep(ctx, time.Second) // it blocks, as an activity does
				})
				_ = workflow.Sleep(ctx, time.Hour)
				return row.body(saga)
			})
			if err == nil || !strings.Contains(err.Error(), row.want) || undone != row.undone {
				t.Errorf("%s: ended with %v, undone %t; want %q", row.reason, err, undone, row.want)
			}
		})
	}
}

// TestDroppedSaga: a worker that drops a workflow from its cache ends its coroutines by
// runtime.Goexit. Their deferred Close begins no undo.
func TestDroppedSaga(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	undone, ended := false, make(chan struct{})
	if err := w.run(func(ctx workflow.Context) error {
		saga := workflows.NewSaga(ctx, workflows.SagaOptions{})
		saga.Add("thing", func(workflow.Context) error { undone = true; return nil })
		go func() {
			defer close(ended)
			err := errors.New("not yet returned")
			defer saga.Close(&err)
			runtime.Goexit()
		}()
		<-ended
		return nil
	}); err != nil || undone {
		t.Errorf("%v; undo began: %t", err, undone)
	}
}
