package activities_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"go.temporal.io/sdk/temporal"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
)

// execute runs an activity by its registered name.
func execute[Out any](b *bench, name string, in any) (Out, error) {
	var out Out
	value, err := b.env.ExecuteActivity(name, in)
	if err == nil {
		err = value.Get(&out)
	}
	return out, err
}

func TestCancelOperation(t *testing.T) {
	t.Parallel()
	on := func(f testsuite.Fault) []testsuite.Fault { return []testsuite.Fault{f.On(testsuite.MethodCancel)} }
	tests := map[string]struct {
		reason string
		faults []testsuite.Fault
		want   activities.CancelResult
		kind   string // the retryable error's type
	}{
		"delivered":   {"accepted", nil, activities.CancelDelivered, ""},
		"unsupported": {"the service has no cancel", on(testsuite.FailWith(lro.CodeUnimplemented, "no")), activities.CancelUnsupported, ""},
		"gone":        {"404, and no grace was given", on(testsuite.NotFound()), activities.CancelGone, ""},
		"refused":     {"403 is the service's word", on(testsuite.PermissionDenied()), activities.CancelRefused, ""},
		"too late":    {"so is 400", on(testsuite.FailWith(lro.CodeFailedPrecondition, "done")), activities.CancelRefused, ""},
		"outage":      {"503 is nobody's word", on(testsuite.Unavailable()), "", "CancelFailed.UNAVAILABLE"},
		"quota":       {"a quota 403 is not a refusal", on(testsuite.QuotaDenied()), "", "CancelFailed.PERMISSION_DENIED"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, activities.Options{}, tt.faults...)
			ref := b.service.MustStart(operationName, testsuite.Script{End: testsuite.RunForever()})
			out, err := execute[activities.CancelOutput](b, activities.CancelOperationName, activities.CancelInput{Ref: ref})
			checkControl(t, tt.reason, err, tt.kind)
			if out.Result != tt.want {
				t.Errorf("%s: %q, want %q", tt.reason, out.Result, tt.want)
			}
		})
	}
}

func TestDeleteOperation(t *testing.T) {
	t.Parallel()
	on := func(f testsuite.Fault) []testsuite.Fault { return []testsuite.Fault{f.On(testsuite.MethodDelete)} }
	tests := map[string]struct {
		reason string
		faults []testsuite.Fault
		want   lro.Deletion
		kind   string
	}{
		"deleted":     {"accepted", nil, lro.DeletionDeleted, ""},
		"gone":        {"a second attempt agrees with the first", on(testsuite.NotFound()), lro.DeletionDeleted, ""},
		"unsupported": {"normal for databases", on(testsuite.FailWith(lro.CodeUnimplemented, "no")), lro.DeletionUnsupported, ""},
		"refused":     {"for good", on(testsuite.PermissionDenied()), lro.DeletionFailed, ""},
		"outage":      {"retried", on(testsuite.Unavailable()), "", "DeleteFailed.UNAVAILABLE"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, activities.Options{}, tt.faults...)
			ref := b.service.MustStart(operationName, testsuite.Script{})
			out, err := execute[activities.DeleteOutput](b, activities.DeleteOperationName, activities.OperationInput{Ref: ref})
			checkControl(t, tt.reason, err, tt.kind)
			if out.Result != tt.want {
				t.Errorf("%s: %q, want %q", tt.reason, out.Result, tt.want)
			}
		})
	}
}

// checkControl: no error, or a retryable one of the given type.
func checkControl(t *testing.T, reason string, err error, kind string) {
	t.Helper()
	var app *temporal.ApplicationError
	switch {
	case kind == "" && err != nil:
		t.Errorf("%s: %v, want data", reason, err)
	case kind != "" && (!errors.As(err, &app) || app.Type() != kind || app.NonRetryable()):
		t.Errorf("%s: %v, want a retryable %s", reason, err, kind)
	}
}

// A single read: what is transient may be tried again, and no sooner than the
// service says.
func TestGetOperation(t *testing.T) {
	t.Parallel()
	b := newBench(t, activities.Options{}, testsuite.RateLimited(time.Minute).Calls(2, 2), testsuite.PermissionDenied().Calls(3, 3))
	in := activities.OperationInput{Ref: b.service.MustStart(operationName, testsuite.Script{End: testsuite.SucceedLarge(3 << 20)})}
	op, err := execute[lro.Operation](b, activities.GetOperationName, in)
	if err != nil || !op.Done || !op.Truncated || len(op.Response) != 0 {
		t.Errorf("%+v, %v, want it done and truncated", op, err)
	}
	var app *temporal.ApplicationError
	_, err = execute[lro.Operation](b, activities.GetOperationName, in)
	if !errors.As(err, &app) || app.NonRetryable() || app.NextRetryDelay() != time.Minute {
		t.Errorf("%v, want it retryable after the advised minute", err)
	}
	_, err = execute[lro.Operation](b, activities.GetOperationName, in)
	if !errors.As(err, &app) || !app.NonRetryable() || app.Type() != "PollFailed.PERMISSION_DENIED" {
		t.Errorf("%v, want a final PollFailed.PERMISSION_DENIED", err)
	}
}

func TestListOperations(t *testing.T) {
	t.Parallel()
	b := newBench(t, activities.Options{})
	b.service.MustStart("projects/p/instances/i/operations/a", testsuite.Script{End: testsuite.SucceedLarge(700 << 10)})
	b.service.MustStart("projects/p/instances/i/operations/b", testsuite.Script{End: testsuite.SucceedLarge(700 << 10)})
	in := activities.ListInput{Collection: lro.Ref{Service: lro.SpannerService, Name: "projects/p/instances/i/operations"}}
	page, err := execute[activities.ListOutput](b, activities.ListOperationsName, in)
	if err != nil || len(page.Operations) != 2 || lro.EncodedSize(page) > lro.MaxEncodedSize {
		t.Fatalf("%d operations, %d bytes, %v", len(page.Operations), lro.EncodedSize(page), err)
	}
	for _, op := range page.Operations {
		if !op.Done || !op.Truncated || op.Response != nil {
			t.Errorf("%s: done %t, truncated %t, %d bytes of response", op.Name, op.Done, op.Truncated, len(op.Response))
		}
	}
}

func TestPages(t *testing.T) {
	t.Parallel()
	b := newBench(t, activities.Options{})
	for _, id := range []string{"a", "b", "c", "d", "e"} {
		b.service.MustStart("projects/p/instances/i/operations/"+id, testsuite.Script{})
	}
	in := activities.ListInput{Collection: lro.Ref{Service: lro.SpannerService, Name: "projects/p/instances/i/operations"}, PageSize: 2}
	pages, operations := 0, 0
	for page, err := range activities.Pages(context.Background(), b.service, in) {
		if err != nil {
			t.Fatal(err)
		}
		pages, operations = pages+1, operations+len(page.Operations)
	}
	if pages != 3 || operations != 5 {
		t.Errorf("%d operations in %d pages, want 5 in 3", operations, pages)
	}
	in.PageToken = "again"
	for _, err := range activities.Pages(context.Background(), repeater{b.service}, in) {
		if err == nil || !strings.Contains(err.Error(), "repeats") {
			t.Errorf("%v, want an error that names the token", err)
		}
	}
}

// repeater hands out one page token for ever.
type repeater struct{ activities.Client }

func (repeater) ListOperations(context.Context, activities.ListInput) (activities.ListOutput, error) {
	return activities.ListOutput{NextPageToken: "again"}, nil
}

// Bad input names the field and the value, and nothing is sent.
func TestInvalidInput(t *testing.T) {
	t.Parallel()
	const ref = "//spanner.googleapis.com/" + operationName
	type fields = map[string]any
	tests := map[string]struct {
		activity string
		input    any
		field    string
	}{
		"get, no ref":              {activities.GetOperationName, fields{}, "ref.service"},
		"get, unknown field":       {activities.GetOperationName, fields{"ref": ref, "reff": 1}, "reff"},
		"cancel, bad grace":        {activities.CancelOperationName, fields{"ref": ref, "notFoundGrace": "soon"}, "notFoundGrace"},
		"delete, a verb":           {activities.DeleteOperationName, fields{"ref": ref + ":cancel"}, "ref.name"},
		"list, negative page":      {activities.ListOperationsName, fields{"collection": "//spanner.googleapis.com/projects/p/operations", "pageSize": -1}, "pageSize"},
		"poll, no start":           {activities.PollOperationName, fields{"ref": ref}, "startTime"},
		"poll, inverted policy":    {activities.PollOperationName, fields{"ref": ref, "startTime": began, "policy": fields{"initialInterval": "9s", "maximumInterval": "1s"}}, "policy.maximumInterval"},
		"poll, grace is no string": {activities.PollOperationName, fields{"ref": ref, "startTime": began, "authGrace": 5}, "authGrace"},
		"not an object":            {activities.GetOperationName, "x", "input"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, activities.Options{})
			_, err := b.env.ExecuteActivity(tt.activity, tt.input)
			f, _ := lro.AsFailure(err)
			var app *temporal.ApplicationError
			if f.Type != lro.TypeInvalidInput || f.Field != tt.field || !errors.As(err, &app) || !app.NonRetryable() {
				t.Errorf("%v names %q, want a final %s for %q", err, f.Field, lro.TypeInvalidInput, tt.field)
			}
			if n := len(b.service.Calls()); n != 0 {
				t.Errorf("%d requests, want none", n)
			}
		})
	}
}
