package activities_test

import (
	"errors"
	"math"
	"testing"
	"time"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/activities/cancels"
	"github.com/awaitop/awaitop/lro"
)

// What an activity cannot have returned is told from what it has, whatever somebody
// gave for its result.
func TestResultsValidate(t *testing.T) {
	t.Parallel()
	ref := lro.Ref{Service: lro.SpannerService, Name: opName}
	done := lro.Operation{Name: opName, Done: true}
	running := lro.Operation{Name: opName}
	refused := lro.Operation{Name: opName, Done: true, Error: &lro.Status{}}
	plain := activities.PollInput{Ref: ref, StartTime: start}
	deadline, report := plain, plain
	deadline.Deadline, report.ReportTime = start.Add(time.Hour), start.Add(time.Minute)
	tests := map[string]struct {
		reason string
		err    error
		field  string // "" for a result
	}{
		"poll, done":              {"it has ended", activities.PollOutput{Operation: done}.Validate(plain), ""},
		"poll, no name":           {"an operation given done may have none", activities.PollOutput{Operation: lro.Operation{Done: true}}.Validate(plain), ""},
		"poll, nothing":           {"it says nothing", activities.PollOutput{}.Validate(plain), "result.operation.done"},
		"poll, running":           {"nobody asked for a report", activities.PollOutput{Operation: running, Seen: true}.Validate(plain), "result.operation.done"},
		"poll, report":            {"it was asked for", activities.PollOutput{Operation: running, Seen: true}.Validate(report), ""},
		"poll, expired":           {"the deadline came", activities.PollOutput{Operation: running, Expired: true}.Validate(deadline), ""},
		"poll, expired, no end":   {"there is no deadline", activities.PollOutput{Operation: running, Expired: true}.Validate(plain), "result.operation.done"},
		"poll, another's":         {"it is another operation", activities.PollOutput{Operation: lro.Operation{Name: "projects/p/operations/other", Done: true}}.Validate(plain), "result.operation.name"},
		"poll, odd":               {"an error with code 0 is no operation", activities.PollOutput{Operation: refused}.Validate(plain), "result.operation"},
		"poll, fewer than none":   {"no number of reads", activities.PollOutput{Operation: done, Polls: -5}.Validate(plain), "result.polls"},
		"poll, absurd":            {"it would overflow", activities.PollOutput{Operation: done, Polls: math.MaxInt}.Validate(plain), "result.polls"},
		"cancel":                  {"one of the answers", activities.CancelOutput{Result: cancels.Gone}.Validate(), ""},
		"cancel, nothing":         {"it says nothing", activities.CancelOutput{}.Validate(), "result.result"},
		"delete":                  {"one of the answers", activities.DeleteOutput{Result: lro.DeletionUnsupported}.Validate(), ""},
		"delete, nothing":         {"it says nothing", activities.DeleteOutput{}.Validate(), "result.result"},
		"read":                    {"it runs", activities.ValidateRead(ref, running), ""},
		"read, nothing":           {"it is no operation", activities.ValidateRead(ref, lro.Operation{}), "result"},
		"read, another operation": {"it is another operation", activities.ValidateRead(ref, lro.Operation{Name: "operations/x"}), "result.operation.name"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			field := ""
			if invalid := (*lro.InvalidError)(nil); errors.As(tt.err, &invalid) {
				field = invalid.Field
			}
			if field != tt.field || (tt.err == nil) != (tt.field == "") {
				t.Errorf("%s: %v, want a problem of %q", tt.reason, tt.err, tt.field)
			}
		})
	}
}
