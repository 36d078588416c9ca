package activities_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"go.temporal.io/sdk/log"
	temporaltest "go.temporal.io/sdk/testsuite"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
)

// panicking is a client that panics at its first Get.
type panicking struct {
	lro.Client
	panicked bool
}

func (c *panicking) GetOperation(ctx context.Context, ref lro.Ref) (lro.Operation, error) {
	if !c.panicked {
		c.panicked = true
		panic("no such field")
	}
	return c.Client.GetOperation(ctx, ref)
}

// A client's panic is an error that says so, and holds its stack. It frees the request's
// place, and the process lives.
func TestClientPanics(t *testing.T) {
	t.Parallel()
	s := newSetup(t, testsuite.Script{})
	poller := activities.New(&panicking{Client: s.service}, s.options).Poller()
	_, err := poller.GetOperation(t.Context(), s.ref)
	var panicked *lro.PanicError
	var failed *lro.Error
	if !errors.As(err, &panicked) || !errors.As(err, &failed) {
		t.Fatalf("%v, want an Error with a PanicError", err)
	}
	if panicked.Value != "no such field" || !strings.Contains(string(panicked.Stack), "(*panicking).GetOperation") {
		t.Errorf("value %v, stack\n%s", panicked.Value, panicked.Stack)
	}
	if failed.Status.Code != lro.CodeInternal || failed.Status.Message != "the client panicked: no such field" {
		t.Errorf("status %v", failed.Status)
	}
	if _, err := poller.GetOperation(t.Context(), s.ref); err != nil {
		t.Errorf("the next read: %v", err)
	}
}

// A wait goes on after a client's panic, which says nothing about its operation: the
// worker's log has the stack, the wait's status the message.
func TestPollOutlivesPanic(t *testing.T) {
	t.Parallel()
	s := newSetup(t, testsuite.Script{RunsFor: time.Second})
	var logged bytes.Buffer
	var suite temporaltest.WorkflowTestSuite
	suite.SetLogger(log.NewStructuredLogger(slog.New(slog.NewTextHandler(&logged, nil))))
	env := suite.NewTestActivityEnvironment()
	a := activities.New(&panicking{Client: s.service}, s.options)
	out, err := execute[activities.PollOutput](env, a, activities.PollOperationName, s.input())
	if err != nil || !out.Operation.Done {
		t.Fatalf("%+v, %v", out, err)
	}
	for _, want := range []string{"level=ERROR", "The operations client panicked.", "no such field", "(*panicking).GetOperation"} {
		if !strings.Contains(logged.String(), want) {
			t.Errorf("the log has no %q:\n%s", want, logged.String())
		}
	}
}
