package workflows_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/internal/sets"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/workflows"
)

// awaitAll awaits scripted operations of one collection in a workflow.
func (w *world) awaitAll(options workflows.AwaitAllOptions, scripts ...testsuite.Script) (all workflows.AllOutcome, err error) {
	w.t.Helper()
	refs := make([]lro.Ref, len(scripts))
	for i, script := range scripts {
		refs[i] = w.service.Start(fmt.Sprintf("projects/p/instances/i/operations/o%d", i), script)
	}
	err = w.run(func(ctx workflow.Context) (err error) {
		all, err = workflows.AwaitAll(ctx, refs, options)
		return err
	})
	return all, err
}

// ends says how each operation of a set ended, and what became of its cancel.
func ends(all workflows.AllOutcome) []string {
	var out []string
	for _, result := range all.Operations {
		end := string(result.State)
		for _, more := range []string{string(result.Failure), string(result.Cancellation)} {
			if more != "" {
				end += " " + more
			}
		}
		out = append(out, end)
	}
	return out
}

var (
	inAMinute = testsuite.Script{RunsFor: time.Minute}
	forever   = testsuite.Script{End: testsuite.RunForever()}
	stubborn  = testsuite.Script{End: testsuite.RunForever(), OnCancel: testsuite.IgnoreCancel()}
	failing   = testsuite.Script{RunsFor: 30 * time.Second, End: testsuite.Fail(lro.CodeInternal, "no")}
	completes = testsuite.Script{End: testsuite.RunForever(), OnCancel: testsuite.CompleteOnCancel(time.Second)}
	vanishes  = testsuite.Script{End: testsuite.RunForever(), OnCancel: testsuite.VanishOnCancel(0)}
	unread    = testsuite.Script{RunsFor: 30 * time.Minute, Faults: []testsuite.Fault{testsuite.PermissionDenied().On(testsuite.MethodGet)}}
	hadActed  = testsuite.Script{End: testsuite.RunForever(), Faults: []testsuite.Fault{
		testsuite.LostReply().On(testsuite.MethodCancel).Calls(1, 1),
		testsuite.FailWith(lro.CodeFailedPrecondition, "is being canceled").On(testsuite.MethodCancel).Calls(2, 0)}}
	noCancel  = testsuite.Script{RunsFor: time.Hour, OnCancel: testsuite.RefuseCancel(lro.CodeUnimplemented, "the operation cannot be canceled")}
	goneAfter = testsuite.Script{End: testsuite.RunForever(), OnCancel: testsuite.HonorCancel(5 * time.Minute), Faults: []testsuite.Fault{
		testsuite.LostReply().On(testsuite.MethodCancel).Calls(1, 1),
		testsuite.NotFound().On(testsuite.MethodCancel).Calls(2, 0)}}
	page401   = testsuite.Script{End: testsuite.RunForever(), Faults: []testsuite.Fault{testsuite.HTMLPage(401).On(testsuite.MethodCancel).Calls(1, 1)}}
	page403   = testsuite.Script{End: testsuite.RunForever(), Faults: []testsuite.Fault{testsuite.HTMLPage(403).On(testsuite.MethodCancel).Calls(1, 1)}}
	noneThere = testsuite.Script{RunsFor: 15 * time.Minute, OnCancel: testsuite.RefuseCancel(lro.CodeNotFound, "the operation was not found")}
	byAnother = testsuite.Script{RunsFor: time.Minute, End: testsuite.Fail(lro.CodeCanceled, "the operation was canceled"), OnCancel: testsuite.RefuseCancel(lro.CodeFailedPrecondition, "not now")}
	noReply   = testsuite.Script{End: testsuite.RunForever(), OnCancel: testsuite.IgnoreCancel(), Faults: []testsuite.Fault{testsuite.LostReply().On(testsuite.MethodCancel)}}
	unreached = testsuite.Script{End: testsuite.RunForever(), Faults: []testsuite.Fault{testsuite.Unavailable().On(testsuite.MethodCancel)}}
)

func TestAwaitAll(t *testing.T) {
	t.Parallel()
	rows := map[string]struct {
		reason   string
		options  workflows.AwaitAllOptions
		scripts  []testsuite.Script
		canceled bool // after 10 s
		want     []string
		failure  lro.FailureType // "" for none, or a cancel
		code     lro.Code
		stopped  bool // a CanceledError
	}{
		"succeeded": {reason: "all did", scripts: []testsuite.Script{inAMinute, {}}, want: []string{"succeeded", "succeeded"}},
		"failed": {reason: "the first failure cancels the rest", scripts: []testsuite.Script{forever, failing, completes, {}},
			want:    []string{"canceled canceled", "failed OperationFailed", "succeeded completed", "succeeded"},
			failure: lro.TypeOperationFailed, code: lro.CodeInternal},
		"await rest": {reason: "or awaits it", options: workflows.AwaitAllOptions{OnFailure: workflows.AwaitRest}, scripts: []testsuite.Script{inAMinute, failing},
			want: []string{"succeeded", "failed OperationFailed"}, failure: lro.TypeOperationFailed, code: lro.CodeInternal},
		"leave rest": {reason: "or leaves it", options: workflows.AwaitAllOptions{OnFailure: workflows.LeaveRest}, scripts: []testsuite.Script{forever, failing},
			want: []string{"running", "failed OperationFailed"}, failure: lro.TypeOperationFailed, code: lro.CodeInternal},
		"canceled": {reason: "the workflow's cancel is each operation's", scripts: []testsuite.Script{forever, {}, stubborn}, canceled: true,
			want: []string{"canceled canceled", "succeeded", "running unconfirmed"}, stopped: true},
		"in spite": {reason: "all succeeded in spite of the cancel", scripts: []testsuite.Script{completes, noCancel}, canceled: true,
			options: workflows.AwaitAllOptions{AwaitOptions: workflows.AwaitOptions{CancelGrace: 2 * time.Hour}},
			want:    []string{"succeeded completed", "succeeded unsupported"}},
		"vanishes": {reason: "on its cancel: it is gone, and not unread", scripts: []testsuite.Script{vanishes}, canceled: true,
			want: []string{"running OperationGone gone"}, failure: lro.TypeOperationGone, code: lro.CodeNotFound},
		"had acted": {reason: "a cancel whose reply was lost, and which is refused when sent again", scripts: []testsuite.Script{hadActed}, canceled: true,
			want: []string{"canceled canceled"}, stopped: true},
		"had acted, 404": {reason: "a cancel whose reply was lost, and which is answered 404 when sent again", scripts: []testsuite.Script{goneAfter}, canceled: true,
			options: workflows.AwaitAllOptions{AwaitOptions: workflows.AwaitOptions{CancelGrace: 20 * time.Minute}},
			want:    []string{"canceled canceled"}, stopped: true},
		"front end's": {reason: "a 401 and a 403 that are no answers of the service: the next try is accepted", scripts: []testsuite.Script{page401, page403}, canceled: true,
			want: []string{"canceled canceled", "canceled canceled"}, stopped: true},
		"cancels that fail": {reason: "of a collection without, of one that another program canceled, of one without a reply, of an API that is down",
			options: workflows.AwaitAllOptions{AwaitOptions: workflows.AwaitOptions{CancelGrace: 20 * time.Minute}}, scripts: []testsuite.Script{noneThere, byAnother, noReply, unreached}, canceled: true,
			want: []string{"succeeded unsupported", "canceled undelivered", "running unconfirmed", "running undelivered"}, stopped: true},
		"abandoned": {reason: "nothing is sent", options: workflows.AwaitAllOptions{AwaitOptions: workflows.AwaitOptions{CancelPolicy: workflows.Abandon}}, scripts: []testsuite.Script{forever}, canceled: true,
			want: []string{"running abandoned"}, stopped: true},
		"deadline": {reason: "what runs is left", options: workflows.AwaitAllOptions{AwaitOptions: workflows.AwaitOptions{Timeout: 2 * time.Minute}}, scripts: []testsuite.Script{inAMinute, forever},
			want: []string{"succeeded", "running"}, failure: lro.TypeAwaitTimeout, code: lro.CodeDeadlineExceeded},
		"deadline, canceled": {reason: "or canceled", options: workflows.AwaitAllOptions{AwaitOptions: workflows.AwaitOptions{Timeout: 2 * time.Minute, DeadlinePolicy: workflows.CancelOnDeadline}}, scripts: []testsuite.Script{inAMinute, forever},
			want: []string{"succeeded", "canceled canceled"}, failure: lro.TypeAwaitTimeout, code: lro.CodeDeadlineExceeded},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			if row.canceled {
				w.env.RegisterDelayedCallback(w.env.CancelWorkflow, 10*time.Second)
			}
			all, err := w.awaitAll(row.options, row.scripts...)
			if got := ends(all); !slices.Equal(got, row.want) {
				t.Errorf("%s: %q, want %q", row.reason, got, row.want)
			}
			if row.failure != "" {
				testsuite.AssertFailure(t, err, row.failure, row.code)
			} else if temporal.IsCanceledError(err) != row.stopped || err != nil && !row.stopped {
				t.Errorf("%s: %v", row.reason, err)
			}
			if all.EndTime.Before(all.StartTime) || all.Polls == 0 && len(row.scripts) > 1 && !row.canceled {
				t.Errorf("%s: %d polls from %v to %v", row.reason, all.Polls, all.StartTime, all.EndTime)
			}
		})
	}
}

// An operation that cannot be read tells nothing about the others: they are awaited, whatever
// a failure would do to them.
func TestAwaitAllUnread(t *testing.T) {
	t.Parallel()
	for _, policy := range []workflows.FailurePolicy{workflows.CancelRest, workflows.AwaitRest, workflows.LeaveRest} {
		w := newWorld(t, testsuite.FailWith(lro.CodeUnimplemented, "no lists").On(testsuite.MethodList))
		all, err := w.awaitAll(workflows.AwaitAllOptions{OnFailure: policy}, testsuite.Script{RunsFor: time.Hour}, unread)
		testsuite.AssertFailure(t, err, lro.TypePollFailed, lro.CodePermissionDenied)
		if got := ends(all); !slices.Equal(got, []string{"succeeded", "running PollFailed"}) {
			t.Errorf("%s: %q", policy, got)
		}
		w.service.AssertCalls(t, testsuite.MethodCancel, 0)
	}
	w := newWorld(t, testsuite.FailWith(lro.CodeUnimplemented, "no lists").On(testsuite.MethodList))
	w.env.RegisterDelayedCallback(w.env.CancelWorkflow, 10*time.Minute)
	all, _ := w.awaitAll(workflows.AwaitAllOptions{}, forever, unread)
	if got := ends(all); got[0] != "canceled canceled" || all.Operations[1].Cancellation == "" {
		t.Errorf("%q: a cancel is for all that may run", got)
	}
}

// The failure of a deadline says what became of the cancel.
func TestAwaitAllDeadlineSays(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		script testsuite.Script
		want   lro.Cancellation
		says   string
	}{
		{forever, lro.CancellationCanceled, "; it was canceled"},
		{completes, lro.CancellationCompleted, "; the cancel came too late, it succeeded"},
		{stubborn, lro.CancellationUnconfirmed, "; the cancel was not confirmed, and it may run on"},
	} {
		w := newWorld(t)
		options := workflows.AwaitAllOptions{AwaitOptions: workflows.AwaitOptions{Timeout: time.Minute, DeadlinePolicy: workflows.CancelOnDeadline}}
		_, err := w.awaitAll(options, row.script)
		f := testsuite.AssertFailure(t, err, lro.TypeAwaitTimeout, lro.CodeDeadlineExceeded)
		if f.Cancellation != row.want || !strings.Contains(err.Error(), "/o0 had not ended by the deadline"+row.says) {
			t.Errorf("%s: %v", f.Cancellation, err)
		}
	}
}

// Names that do not fit one message to the server are sent in several.
func TestAwaitAllLongNames(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	name := func(i int) string {
		return fmt.Sprintf("projects/p/instances/i/databases/%s/operations/o%d", strings.Repeat("d", 480), i)
	}
	refs := make([]lro.Ref, 6000)
	for i := range refs {
		refs[i] = w.service.Start(name(i), testsuite.Script{})
	}
	timers := 0
	w.env.SetOnTimerScheduledListener(func(string, time.Duration) { timers++ })
	err := w.run(func(ctx workflow.Context) error {
		_, err := workflows.AwaitAll(ctx, refs, workflows.AwaitAllOptions{})
		return err
	})
	if err != nil || timers != 1 {
		t.Errorf("%v, in %d workflow tasks more", err, timers)
	}
}

// The failure of a set names the operations that still run, and the error of a canceled set
// counts them.
func TestAwaitAllNamesTheRest(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, err := w.awaitAll(workflows.AwaitAllOptions{OnFailure: workflows.LeaveRest}, forever, failing)
	if f, _ := lro.AsFailure(err); len(f.Resources) != 1 || !strings.HasSuffix(f.Resources[0], "/o0") || !strings.HasSuffix(f.Ref.Name, "/o1") {
		t.Errorf("%s names %v", f.Ref, f.Resources)
	}
	w = newWorld(t)
	w.env.RegisterDelayedCallback(w.env.CancelWorkflow, 10*time.Second)
	_, err = w.awaitAll(workflows.AwaitAllOptions{}, forever, stubborn, testsuite.Script{})
	var canceled *temporal.CanceledError
	var summary workflows.AllSummary
	if !errors.As(err, &canceled) || canceled.Details(&summary) != nil || summary.Succeeded != 1 || summary.Canceled != 1 || len(summary.Left) != 1 {
		t.Errorf("%v with %+v", err, summary)
	}
}

// Several activities await more operations than one activity holds, and fail as one.
func TestAwaitAllInChunks(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	scripts := make([]testsuite.Script, sets.MaxSize+10)
	scripts[len(scripts)-1] = failing
	scripts[0] = forever
	all, err := w.awaitAll(workflows.AwaitAllOptions{}, scripts...)
	testsuite.AssertFailure(t, err, lro.TypeOperationFailed, lro.CodeInternal)
	got := ends(all)
	if got[0] != "canceled canceled" || got[len(got)-1] != "failed OperationFailed" || all.Summary().Succeeded != len(scripts)-2 {
		t.Errorf("the first is %s, the last %s; %+v", got[0], got[len(got)-1], all.Summary())
	}
}

func TestAwaitAllInvalid(t *testing.T) {
	t.Parallel()
	ref := lro.Ref{Service: lro.SpannerService, Name: operationName}
	rows := map[string]struct {
		refs    []lro.Ref
		options workflows.AwaitAllOptions
		field   string
	}{
		"ref":     {[]lro.Ref{ref, {}}, workflows.AwaitAllOptions{}, "refs[1]"},
		"failure": {[]lro.Ref{ref}, workflows.AwaitAllOptions{OnFailure: "shrug"}, "onFailure"},
		"delete":  {[]lro.Ref{ref}, workflows.AwaitAllOptions{AwaitOptions: workflows.AwaitOptions{DeleteWhenDone: true}}, "deleteWhenDone"},
		"timeout": {[]lro.Ref{ref}, workflows.AwaitAllOptions{AwaitOptions: workflows.AwaitOptions{Timeout: -1}}, "timeout"},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			err := w.run(func(ctx workflow.Context) error {
				_, err := workflows.AwaitAll(ctx, row.refs, row.options)
				return err
			})
			if f := testsuite.AssertFailure(t, err, lro.TypeInvalidInput, lro.CodeInvalidArgument); f.Field != row.field {
				t.Errorf("refused %q, want %q", f.Field, row.field)
			}
		})
	}
}
