package workflows_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/temporal"
	sdk "go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/activities/cancels"
	"github.com/awaitop/awaitop/activities/orphans"
	"github.com/awaitop/awaitop/internal/stepkey"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/workflows"
)

// swept is a world of items and owners that a sweep finds.
type swept struct {
	env     *sdk.TestWorkflowEnvironment
	looks   []orphans.FindOutput // in the order of the looks
	owners  orphans.OwnersOutput
	left    orphans.LeftOutput
	leftErr error
	cancel  func() (activities.CancelOutput, error)
	waits   []orphans.LeftInput
	looked  []orphans.FindInput
	marks   []orphans.Mark
	cancels []lro.Ref
	adopted []string
}

func newSwept(t *testing.T) *swept {
	t.Helper()
	var suite sdk.WorkflowTestSuite
	suite.SetLogger(log.NewStructuredLogger(slog.New(slog.DiscardHandler)))
	s := &swept{env: suite.NewTestWorkflowEnvironment()}
	s.env.SetWorkerOptions(worker.Options{DeadlockDetectionTimeout: 30 * time.Second}) // a workflow task is slow under the race detector
	s.cancel = func() (activities.CancelOutput, error) {
		return activities.CancelOutput{Result: cancels.Delivered}, nil
	}
	for name, run := range map[string]any{
		orphans.FindMarkedName: func(_ context.Context, in orphans.FindInput) (orphans.FindOutput, error) {
			s.looked = append(s.looked, in)
			if len(s.looked) > len(s.looks) {
				return orphans.FindOutput{}, activities.NewError(lro.PollFailed(lro.Ref{}, errors.New("no more")))
			}
			return s.looks[len(s.looked)-1], nil
		},
		orphans.FindLeftName: func(_ context.Context, in orphans.LeftInput) (orphans.LeftOutput, error) {
			s.waits = append(s.waits, in)
			return s.left, s.leftErr
		},
		orphans.FindOwnersName: func(_ context.Context, in orphans.OwnersInput) (orphans.OwnersOutput, error) {
			s.marks = append(s.marks, in.Marks...)
			return s.owners, nil
		},
		activities.CancelOperationName: func(_ context.Context, in activities.CancelInput) (activities.CancelOutput, error) {
			s.cancels = append(s.cancels, in.Ref)
			return s.cancel()
		},
	} {
		s.env.RegisterActivityWithOptions(run, activity.RegisterOptions{Name: name})
	}
	s.env.RegisterWorkflowWithOptions(workflows.Sweep, workflow.RegisterOptions{Name: workflows.SweepName})
	s.env.RegisterWorkflowWithOptions(func(ctx workflow.Context, in workflows.AwaitInput) (lro.Outcome, error) {
		s.adopted = append(s.adopted, workflow.GetInfo(ctx).WorkflowExecution.ID)
		return lro.Outcome{Ref: in.Ref}, nil
	}, workflow.RegisterOptions{Name: workflows.AwaitOperationName})
	return s
}

func (s *swept) run(in workflows.SweepInput) (report workflows.SweepReport, err error) {
	s.env.ExecuteWorkflow(workflows.SweepName, in)
	if err := s.env.GetWorkflowError(); err != nil {
		return report, err
	}
	return report, s.env.GetWorkflowResult(&report)
}

func sweepOf(action orphans.Action) workflows.SweepInput {
	return workflows.SweepInput{Parents: []string{"//spanner.googleapis.com/projects/p", "//spanner.googleapis.com/projects/q"}, Policy: orphans.Policy{Action: action}}
}

func sweptRef(id string) lro.Ref {
	return lro.Ref{Service: lro.SpannerService, Name: "projects/p/instances/" + id + "/operations/o"}
}

// twoOrphans has an operation and a resource of a workflow that was terminated, and a stranger's operation.
func (s *swept) twoOrphans() {
	key, long := stepkey.New("order-1", "run", "s"), s.env.Now().Add(-time.Hour)
	s.looks = []orphans.FindOutput{{
		Items: []orphans.Item{
			{Ref: sweptRef("dead"), Key: key}, {Resource: "//spanner.googleapis.com/projects/p/instances/dead", Key: key},
			{Ref: sweptRef("foreign")},
		},
		Seen: orphans.Seen{Operations: 3, Resources: 1},
	}}
	s.owners.Owners = []orphans.Owner{{Key: key, WorkflowID: "order-1", RunID: "run", Status: orphans.Terminated, CloseTime: long}}
}

// The policy decides what is done about an orphan's operation. All else is reported only.
func TestSweepActs(t *testing.T) {
	t.Parallel()
	denied := func() (activities.CancelOutput, error) {
		return activities.CancelOutput{Result: cancels.Refused, Status: &lro.Status{Code: lro.CodePermissionDenied}}, nil
	}
	undelivered := func() (activities.CancelOutput, error) {
		return activities.CancelOutput{}, temporal.NewNonRetryableApplicationError("no", "CancelFailed.UNAVAILABLE", nil, &lro.Status{Code: lro.CodeUnavailable}, cancels.SentFailed)
	}
	rows := map[string]struct {
		action          orphans.Action
		cancel          func() (activities.CancelOutput, error)
		result, problem string
		acted           int
	}{
		"report":               {action: orphans.Report},
		"report by default":    {},
		"adopt":                {action: orphans.Adopt, result: "adopted", acted: 1},
		"cancel":               {action: orphans.Cancel, result: "delivered", acted: 1},
		"a cancel is refused":  {action: orphans.Cancel, cancel: denied, result: "refused", problem: "PERMISSION_DENIED", acted: 1},
		"a cancel did not act": {action: orphans.Cancel, cancel: undelivered, result: "undelivered", problem: "UNAVAILABLE", acted: 1},
	}
	for reason, row := range rows {
		t.Run(reason, func(t *testing.T) {
			t.Parallel()
			s := newSwept(t)
			s.twoOrphans()
			if row.cancel != nil {
				s.cancel = row.cancel
			}
			report, err := s.run(sweepOf(row.action))
			if err != nil {
				t.Fatal(err)
			}
			if report.Counts != (workflows.SweepCounts{Orphan: 2, Foreign: 1}) || report.Acted != row.acted || len(report.Findings) != 2 || len(report.Foreign) != 1 {
				t.Errorf("%+v", report)
			}
			f := report.Findings[0]
			if f.Result != row.result || !strings.Contains(f.Problem, row.problem) || f.WorkflowID != "order-1" || f.Status != orphans.Terminated {
				t.Errorf("%+v, want %q, %q", f, row.result, row.problem)
			}
			if report.Findings[1].Result != "" || report.Foreign[0].Result != "" {
				t.Errorf("a resource or a stranger's operation was acted on: %+v", report)
			}
			canceled, adopted := []lro.Ref(nil), []string(nil)
			switch row.action {
			case orphans.Cancel:
				canceled = []lro.Ref{sweptRef("dead")}
			case orphans.Adopt:
				adopted = []string{workflows.WorkflowID(sweptRef("dead"))}
			}
			if !slices.Equal(s.cancels, canceled) || !slices.Equal(s.adopted, adopted) {
				t.Errorf("canceled %v, adopted %q", s.cancels, s.adopted)
			}
			if len(s.marks) != 2 || s.marks[0].Awaiter != workflows.WorkflowID(sweptRef("dead")) || s.marks[1].Awaiter != "" {
				t.Errorf("owners were looked for by %+v", s.marks)
			}
		})
	}
}

// The first parent is looked at first. What is left of a look is looked at next, and counts add up.
func TestSweepLooks(t *testing.T) {
	t.Parallel()
	s := newSwept(t)
	next := orphans.Place{Kind: orphans.Operations, Service: lro.SpannerService, Name: "projects/p/instances/i/operations", PageToken: "2"}
	problem := orphans.Problem{Place: "//spanner.googleapis.com/projects/q", Status: lro.Status{Code: lro.CodePermissionDenied}}
	s.looks = []orphans.FindOutput{
		{Places: []orphans.Place{next}, Seen: orphans.Seen{Operations: 1}, Problems: slices.Repeat([]orphans.Problem{problem}, 15)},
		{Seen: orphans.Seen{Operations: 2, Resources: 3}, Problems: slices.Repeat([]orphans.Problem{problem}, 15)},
	}
	report, err := s.run(sweepOf(""))
	if err != nil {
		t.Fatal(err)
	}
	parent := func(name string) orphans.Place {
		return orphans.Place{Kind: orphans.Parent, Service: lro.SpannerService, Name: name}
	}
	want := []orphans.Place{parent("projects/q"), parent("projects/p")}
	if len(s.looked) != 2 || !slices.Equal(s.looked[0].Places, want) || !slices.Equal(s.looked[1].Places, []orphans.Place{next}) {
		t.Errorf("looks: %+v", s.looked)
	}
	if report.Seen != (orphans.Seen{Operations: 3, Resources: 3}) || len(report.Problems) != 20 || report.ProblemCount != 30 {
		t.Errorf("%+v, %d problems of %d", report.Seen, len(report.Problems), report.ProblemCount)
	}
	if len(s.marks) != 0 {
		t.Errorf("owners of nothing were looked for: %+v", s.marks)
	}
}

// A report has a bounded number of findings, and a bounded size. All are counted.
func TestSweepReportIsBounded(t *testing.T) {
	t.Parallel()
	key := stepkey.New("order-1", "run", "s")
	rows := map[string]struct {
		most int
		name string
		want int
	}{
		"by default":      {0, "o", 100},
		"as asked":        {3, "o", 3},
		"by size":         {1000, strings.Repeat("o", 900), 1},
		"fewer than most": {1000, "o", 150},
	}
	for reason, row := range rows {
		t.Run(reason, func(t *testing.T) {
			t.Parallel()
			s := newSwept(t)
			var items []orphans.Item
			for i := range 150 {
				name := fmt.Sprintf("projects/p/instances/i/operations/%s%d", row.name, i)
				items = append(items, orphans.Item{Ref: lro.Ref{Service: lro.SpannerService, Name: name}, Key: key, Resource: strings.Repeat(row.name, 5)})
			}
			s.looks = []orphans.FindOutput{{Items: items}}
			in := sweepOf("")
			in.MaxFindings = row.most
			report, err := s.run(in)
			if err != nil {
				t.Fatal(err)
			}
			if n := len(report.Findings); report.Counts.Unknown != 150 || n < row.want || n == 150 && row.want != 150 || lro.EncodedSize(report) > lro.MaxEncodedSize {
				t.Errorf("%d findings of %d, %d bytes", n, report.Counts.Unknown, lro.EncodedSize(report))
			}
		})
	}
}

// An input that cannot be right is refused before anything is looked at. The failure names the field.
func TestSweepInput(t *testing.T) {
	t.Parallel()
	rows := map[string]struct {
		input any
		field string
	}{
		"no parents":            {workflows.SweepInput{}, "parents"},
		"a name without a host": {workflows.SweepInput{Parents: []string{"projects/p"}}, "parents[0]"},
		"a URL":                 {workflows.SweepInput{Parents: []string{"https://spanner.googleapis.com/v1/projects/p"}}, "parents[0]"},
		"a host that is none":   {workflows.SweepInput{Parents: []string{"//127.0.0.1/projects/p"}}, "parents[0]"},
		"a path upwards":        {workflows.SweepInput{Parents: []string{"//spanner.googleapis.com/projects/../x"}}, "parents[0]"},
		"the second is wrong":   {workflows.SweepInput{Parents: []string{"//spanner.googleapis.com/projects/p", "projects/q"}}, "parents[1]"},
		"an action":             {sweepOf("delete"), "action"},
		"too many findings":     {map[string]any{"parents": []string{"//spanner.googleapis.com/projects/p"}, "maxFindings": 1001}, "maxFindings"},
		"an unknown field":      {map[string]any{"parents": []string{"//spanner.googleapis.com/projects/p"}, "dryRun": true}, "dryRun"},
		"another type":          {map[string]any{"parents": "//spanner.googleapis.com/projects/p"}, "parents"},
		"no JSON object":        {7, "input"},
	}
	for reason, row := range rows {
		t.Run(reason, func(t *testing.T) {
			t.Parallel()
			s := newSwept(t)
			s.env.ExecuteWorkflow(workflows.SweepName, row.input)
			failure, ok := lro.AsFailure(s.env.GetWorkflowError())
			if !ok || failure.Type != lro.TypeInvalidInput || !strings.Contains(failure.Message(), row.field) || len(s.looked) > 0 {
				t.Errorf("%v, want an invalid %s", s.env.GetWorkflowError(), row.field)
			}
		})
	}
	if err := workflows.ValidateSweep(sweepOf(orphans.Cancel)); err != nil {
		t.Errorf("a valid input: %v", err)
	}
	if err := workflows.ValidateSweep(sweepOf("delete")); !strings.Contains(fmt.Sprint(err), "action") {
		t.Errorf("an invalid input: %v", err)
	}
}

// A parent that the worker cannot look below is wrong input, as the activity that comes first says. Nothing is done.
func TestSweepRefused(t *testing.T) {
	t.Parallel()
	s := newSwept(t)
	s.leftErr = activities.NewError(lro.Invalid(lro.Ref{}, &lro.InvalidError{Field: "parents[2]", Value: "acme.googleapis.com", Want: "a service"}))
	in := sweepOf(orphans.Cancel)
	in.Parents = append(in.Parents, "//acme.googleapis.com/projects/q")
	_, err := s.run(in)
	var failed *temporal.ApplicationError
	if !errors.As(err, &failed) || failed.Type() != string(lro.TypeInvalidInput) || !strings.Contains(failed.Message(), "parents[2]") || len(s.looked) > 0 {
		t.Errorf("%v", err)
	}
	var activity *temporal.ActivityError
	if errors.As(err, &activity) {
		t.Errorf("%v: the failure of an activity, not the sweep's own", err)
	}
	if len(s.waits) != 1 || len(s.waits[0].Parents) != 3 || s.waits[0].Parents[2].Service != "acme.googleapis.com" {
		t.Errorf("%+v, want the parents in the order of the input", s.waits)
	}
}

// A sweep whose activities fail for good fails with their failure.
func TestSweepFails(t *testing.T) {
	t.Parallel()
	s := newSwept(t)
	_, err := s.run(sweepOf(""))
	if failure, ok := lro.AsFailure(err); !ok || failure.Type != lro.TypePollFailed {
		t.Errorf("%v", err)
	}
}

// A sweep that is canceled tells what it has found.
func TestSweepCanceled(t *testing.T) {
	t.Parallel()
	s := newSwept(t)
	s.twoOrphans()
	s.looks[0].Places = []orphans.Place{{Kind: orphans.Parent, Service: lro.SpannerService, Name: "projects/q"}}
	s.cancel = func() (activities.CancelOutput, error) {
		s.env.CancelWorkflow()
		return activities.CancelOutput{Result: cancels.Delivered}, nil
	}
	_, err := s.run(sweepOf(orphans.Cancel))
	var canceled *temporal.CanceledError
	var report workflows.SweepReport
	if !errors.As(err, &canceled) || canceled.Details(&report) != nil || report.Counts.Orphan != 2 || len(s.looked) != 1 {
		t.Errorf("%v: %+v after %d looks", err, report, len(s.looked))
	}
}

// The query answers with the report so far. A sweep that another run has begun goes on where that stopped.
func TestSweepResumes(t *testing.T) {
	t.Parallel()
	s := newSwept(t)
	s.looks = []orphans.FindOutput{{Seen: orphans.Seen{Operations: 2}}}
	in := workflows.SweepInput{Resume: &workflows.SweepResume{
		Places: []orphans.Place{{Kind: orphans.Parent, Service: lro.SpannerService, Name: "projects/q"}},
		Report: workflows.SweepReport{Seen: orphans.Seen{Operations: 40}}, Looks: 7,
	}}
	report, err := s.run(in)
	if err != nil {
		t.Fatal(err)
	}
	value, err := s.env.QueryWorkflow(workflows.SweepQuery)
	if err != nil {
		t.Fatal(err)
	}
	var told workflows.SweepReport
	if err := value.Get(&told); err != nil || report.Seen.Operations != 42 || !cmp.Equal(report, told) {
		t.Errorf("%v: report %+v, told %+v", err, report, told)
	}
}

// A sweep that never ends by itself ends after 2,000 looks, and says so.
func TestSweepEnds(t *testing.T) {
	t.Parallel()
	s := newSwept(t)
	place := orphans.Place{Kind: orphans.Operations, Service: lro.SpannerService, Name: "projects/p/instances/i/operations", PageToken: "again"}
	s.looks = slices.Repeat([]orphans.FindOutput{{Places: []orphans.Place{place}}}, 10)
	in := workflows.SweepInput{Resume: &workflows.SweepResume{Places: []orphans.Place{place}, Looks: 1990}}
	report, err := s.run(in)
	if err != nil || len(s.looked) != 10 || report.Incomplete == "" {
		t.Errorf("%v: %q after %d looks", err, report.Incomplete, len(s.looked))
	}
}
