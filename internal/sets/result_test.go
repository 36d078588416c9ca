package sets_test

import (
	"errors"
	"testing"
	"time"

	"github.com/awaitop/awaitop/internal/sets"
	"github.com/awaitop/awaitop/lro"
)

// What an activity cannot have returned is told from what it has, whatever somebody gave for its result.
func TestResultsValidate(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	ref := lro.Ref{Service: lro.SpannerService, Name: "projects/p/instances/i/operations/o"}
	done := lro.Operation{Name: ref.Name, Done: true}
	set, _ := sets.New([]lro.Ref{ref, {Service: ref.Service, Name: ref.Name + "2"}})
	input := sets.PollInput{Operations: set, StartTime: start}
	until, stopping := input, input
	until.Deadline, stopping.StopOnFailure = start.Add(time.Hour), true
	failed := []sets.Failure{{Index: 1, Type: lro.TypeOperationFailed}}
	reads := sets.ReadInput{Operations: set}
	tests := map[string]struct {
		reason string
		err    error
		field  string // "" for a result
	}{
		"set, fewer than none": {"no number of reads", sets.PollOutput{States: "sc", Polls: -5}.Validate(input), "result.polls"},
		"set, ended":           {"all have", sets.PollOutput{States: "sc"}.Validate(input), ""},
		"set, nothing":         {"it says nothing", sets.PollOutput{}.Validate(input), "result.states"},
		"set, another letter":  {"no state", sets.PollOutput{States: "sz"}.Validate(input), "result.states"},
		"set, running":         {"nothing ended it", sets.PollOutput{States: "sr"}.Validate(input), "result.states"},
		"set, expired":         {"the deadline came", sets.PollOutput{States: "sr", Expired: true}.Validate(until), ""},
		"set, expired, no end": {"there is no deadline", sets.PollOutput{States: "sr", Expired: true}.Validate(input), "result.states"},
		"set, stopped":         {"one failed", sets.PollOutput{States: "rf", Failures: failed}.Validate(stopping), ""},
		"set, beyond":          {"there is no such operation", sets.PollOutput{States: "sf", Failures: []sets.Failure{{Index: 2}}}.Validate(input), "result.failures[0].index"},
		"set, before":          {"there is no such operation", sets.PollOutput{States: "sf", Failures: []sets.Failure{{Index: -1}}}.Validate(input), "result.failures[0].index"},
		"set cancel":           {"all letters, and one of another release", (&sets.CancelOutput{Results: "dugre?"}).Validate(6), ""},
		"set cancel, nothing":  {"it says nothing", (&sets.CancelOutput{}).Validate(2), "result.results"},
		"set cancel, beyond":   {"there is no such operation", (&sets.CancelOutput{Results: "rr", Failures: []sets.Failure{{Index: 2}}}).Validate(2), "result.failures[0].index"},
		"page":                 {"all that is left", sets.ReadOutput{Operations: []lro.Operation{done, done}}.Validate(reads), ""},
		"page, first":          {"and where the next begins", sets.ReadOutput{Operations: []lro.Operation{done}, Next: 1}.Validate(reads), ""},
		"page, nothing":        {"it would never end", sets.ReadOutput{}.Validate(reads), "result.operations"},
		"page, cut":            {"the rest would be lost", sets.ReadOutput{Operations: []lro.Operation{done}}.Validate(reads), "result.operations"},
		"page, too much":       {"more than there is", sets.ReadOutput{Operations: []lro.Operation{done, done, done}}.Validate(reads), "result.operations"},
		"page, astray":         {"the next begins elsewhere", sets.ReadOutput{Operations: []lro.Operation{done}, Next: 2}.Validate(reads), "result.operations"},
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
