package starters_test

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/awaitop/awaitop/activities/starters"
	"github.com/awaitop/awaitop/lro"
)

// What an activity cannot have returned is told from what it has, whatever somebody gave for its result.
func TestResultsValidate(t *testing.T) {
	t.Parallel()
	ref := lro.Ref{Service: lro.SpannerService, Name: "projects/p/instances/i/operations/o"}
	running := lro.Operation{Name: ref.Name}
	adopt := starters.StartInput{AdoptOnly: true}
	said := func(raw string) (out starters.StartOutput) {
		if err := json.Unmarshal([]byte(raw), &out); err != nil {
			t.Fatal(err)
		}
		return out
	}
	tests := map[string]struct {
		reason string
		err    error
		field  string // "" for a result
	}{
		"remove":           {"one of the answers", starters.RemoveOutput{Result: starters.RemoveAbsent}.Validate(), ""},
		"remove, nothing":  {"it would leave the resource", starters.RemoveOutput{}.Validate(), "result.result"},
		"start":            {"it was started", starters.StartOutput{Found: true, Ref: ref, Operation: running}.Validate(starters.StartInput{}), ""},
		"start, done":      {"its record is gone", starters.StartOutput{Found: true, Operation: lro.Operation{Done: true}}.Validate(starters.StartInput{}), ""},
		"start, again":     {"it is to be tried again", starters.StartOutput{Again: &starters.StartAgain{}}.Validate(starters.StartInput{}), ""},
		"start, nothing":   {"it may have been started", said(`{}`).Validate(starters.StartInput{}), "result.found"},
		"start, not found": {"one that starts finds it, or is tried again", said(`{"found":false}`).Validate(starters.StartInput{}), "result.found"},
		"start, no ref":    {"which operation?", said(`{"found":true}`).Validate(starters.StartInput{}), "result.ref"},
		"look, not found":  {"there is none", said(`{"found":false,"operation":{}}`).Validate(adopt), ""},
		"look, nothing":    {"it does not say that there is none", said(`{}`).Validate(adopt), "result.found"},
		"look, null":       {"it does not say that there is none", said(`null`).Validate(adopt), "result.found"},
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
