package workflows_test

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/workflows"
)

// unreadable is a Client that cannot read the successes of its cancels and deletes.
type unreadable struct{ lro.Client }

func (u unreadable) CancelOperation(ctx context.Context, ref lro.Ref) error {
	return cmp.Or(u.Client.CancelOperation(ctx, ref), tooLarge("CancelOperation"))
}

func (u unreadable) DeleteOperation(ctx context.Context, ref lro.Ref) error {
	return cmp.Or(u.Client.DeleteOperation(ctx, ref), tooLarge("DeleteOperation"))
}

func tooLarge(method string) error {
	return &lro.Error{Method: method, HTTP: 200, NoStatus: true, Status: lro.Status{Code: lro.CodeOutOfRange, Message: "the reply is too large"}}
}

// A cancel that was accepted, and whose answer is too large to be read, is sent once;
// what became of it the operation's end tells. A delete is sent again, and finds nothing.
func TestUnreadableAnswer(t *testing.T) {
	t.Parallel()
	rows := map[string]struct {
		reason string
		cancel testsuite.Cancel
		want   string
		delete lro.Deletion
	}{
		"honored":  {"by the cancel", testsuite.HonorCancel(time.Minute), "canceled canceled", lro.DeletionDeleted},
		"finished": {"in spite of the cancel", testsuite.CompleteOnCancel(time.Minute), "succeeded completed", lro.DeletionDeleted},
		"ignored":  {"it may have been accepted", testsuite.IgnoreCancel(), "running unconfirmed", ""},
	}
	for name, row := range rows {
		script := testsuite.Script{End: testsuite.RunForever(), OnCancel: row.cancel}
		begin := func(t *testing.T) *world {
			w := newEmptyWorld(t)
			activities.New(unreadable{w.service}, activities.Options{Clock: w.clock, MaxHeld: activities.NeverHold}).Register(w.env)
			w.env.RegisterDelayedCallback(w.env.CancelWorkflow, 10*time.Second)
			return w
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := begin(t)
			outcome, _ := w.await(w.service.Start(operationName, script), workflows.AwaitOptions{DeleteWhenDone: true})
			if got := fmt.Sprint(outcome.State(), " ", outcome.Cancellation); got != row.want || outcome.Deletion != row.delete {
				t.Errorf("%s: %s, record %q, want %s, %q", row.reason, got, outcome.Deletion, row.want, row.delete)
			}
			w.service.AssertCalls(t, testsuite.MethodCancel, 1)
		})
		t.Run(name+", a set", func(t *testing.T) {
			t.Parallel()
			w := begin(t)
			all, _ := w.awaitAll(workflows.AwaitAllOptions{}, script, script)
			if got := ends(all); !slices.Equal(got, []string{row.want, row.want}) {
				t.Errorf("%s: %q, want %q", row.reason, got, row.want)
			}
			w.service.AssertCalls(t, testsuite.MethodCancel, 2)
		})
	}
}
