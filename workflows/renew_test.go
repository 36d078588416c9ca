package workflows_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/workflows"
)

// slowRead registers activities whose first GetOperation takes as long as it takes to complete it by its token.
type slowRead struct {
	activities.Registry
	token []byte
}

func (s *slowRead) RegisterActivityWithOptions(run any, options activity.RegisterOptions) {
	if read, is := run.(func(context.Context, activities.OperationInput) (lro.Operation, error)); is && options.Name == activities.GetOperationName {
		run = func(ctx context.Context, in activities.OperationInput) (lro.Operation, error) {
			if s.token != nil {
				return read(ctx, in)
			}
			s.token = activity.GetInfo(ctx).TaskToken
			return lro.Operation{}, activity.ErrResultPending
		}
	}
	s.Registry.RegisterActivityWithOptions(run, options)
}

// slowest is when the first read of a world by newRenewing ends.
const slowest = 5*time.Minute + 25*time.Second

// newRenewing returns a world whose wait is to continue as new after 5m5s, while a poll now reads the operation, and the
// answer to that.
func newRenewing(t *testing.T, runsFor time.Duration) (*world, lro.Ref, *answer) {
	t.Helper()
	w := newEmptyWorld(t)
	read := &slowRead{Registry: w.env}
	w.register(read)
	script := testsuite.Script{End: testsuite.RunForever(), OnCancel: testsuite.HonorCancel(0)}
	if runsFor > 0 {
		script = testsuite.Script{RunsFor: runsFor}
	}
	ref := w.service.Start(operationName, script)
	w.env.RegisterDelayedCallback(func() { w.env.SetContinueAsNewSuggested(true) }, 4*time.Minute)
	first := w.update(5*time.Minute, workflows.PollNowUpdate)
	w.update(5*time.Minute+5*time.Second, workflows.SetDeadlineUpdate, workflows.SetDeadlineInput{None: true})
	w.env.RegisterDelayedCallback(func() {
		if err := w.env.CompleteActivity(read.token, lro.Operation{Name: ref.Name}, nil); err != nil {
			t.Errorf("complete: %v", err)
		}
	}, slowest)
	return w, ref, first
}

// A wait that is to continue as new lets the handlers of its updates end first. What ends the wait meanwhile, or cancels
// it, does so at once: a cancel update that waited for the next run would never end, and keep the wait from renewing.
func TestSettledBeforeRenewal(t *testing.T) {
	t.Parallel()
	renewed := func(err error) bool {
		var next *workflow.ContinueAsNewError
		return errors.As(err, &next)
	}
	tests := map[string]struct {
		reason string
		update string // at 5m10s, "" for none
		input  []any
		cancel bool // of the workflow, at 5m10s
		policy workflows.CancelPolicy
		runs   time.Duration // of the operation, 0 for ever
		old    bool          // the run has begun with a release that waited for handlers in any case
		want   func(error) bool
		became lro.Cancellation
		ended  time.Duration // when the wait did
	}{
		"nothing":                      {reason: "the read has ended", want: renewed, ended: slowest},
		"a cancel update":              {reason: "the cancel is sent", update: workflows.CancelUpdate, input: []any{workflows.StopInput{}}, want: temporal.IsCanceledError, became: lro.CancellationCanceled},
		"an abandon":                   {reason: "nothing is waited for", update: workflows.AbandonUpdate, input: []any{workflows.StopInput{}}, want: temporal.IsCanceledError, became: lro.CancellationAbandoned},
		"a cancel":                     {reason: "as by the update", cancel: true, want: temporal.IsCanceledError, became: lro.CancellationCanceled},
		"a cancel, policy":             {reason: "as by an abandon", cancel: true, policy: workflows.Abandon, want: temporal.IsCanceledError, became: lro.CancellationAbandoned},
		"the end":                      {reason: "another poll now has read it", update: workflows.PollNowUpdate, runs: 5 * time.Minute, want: isNil},
		"an abandon in a run of 0.1.0": {reason: "the read has ended", old: true, update: workflows.AbandonUpdate, input: []any{workflows.StopInput{}}, want: temporal.IsCanceledError, became: lro.CancellationAbandoned, ended: slowest},
		"a poll now":                   {reason: "it has read the operation running", update: workflows.PollNowUpdate, want: renewed, ended: slowest},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, ref, first := newRenewing(t, tt.runs)
			if tt.old {
				w.env.OnGetVersion(workflows.RenewalChange, workflow.DefaultVersion, workflow.Version(1)).Return(workflow.DefaultVersion)
			}
			start, at := w.env.Now(), 5*time.Minute+10*time.Second
			var second *answer
			if tt.update != "" {
				second = w.update(at, tt.update, tt.input...)
			}
			if tt.cancel {
				w.env.RegisterDelayedCallback(w.env.CancelWorkflow, at)
			}
			outcome, err := w.await(ref, workflows.AwaitOptions{CancelPolicy: tt.policy, Policy: slow})
			if !tt.want(err) || outcome.Cancellation != tt.became {
				t.Errorf("%s: %v, %q", tt.reason, err, outcome.Cancellation)
			}
			if tt.ended == 0 {
				tt.ended = at
			}
			if d := w.env.Now().Sub(start); d < tt.ended || d > tt.ended+2*time.Second {
				t.Errorf("%s: it ended after %v, want %v", tt.reason, d, tt.ended)
			}
			if !first.done || first.err != nil && !tt.cancel || second != nil && (!second.done || second.err != nil) {
				t.Errorf("%s: the updates: %+v, %+v", tt.reason, first, second)
			}
		})
	}
}
