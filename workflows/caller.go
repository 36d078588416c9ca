package workflows

import (
	"time"

	"github.com/google/uuid"
	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/internal/stepkey"
	"github.com/awaitop/awaitop/lro"
)

// caller is the workflow, or the program, in whose name the steps of a context run.
type caller struct {
	workflowID, firstRunID string
	since                  time.Time // when its first run began; zero if that is not known
	retried                bool      // whether an earlier run may have run the steps
	marked                 bool      // whether of what an earlier run has made only what bears the key is the caller's
}

type callerKey struct{}

// callerOf returns the caller in whose name the steps of ctx run. It reports false if that is the workflow itself.
func callerOf(ctx workflow.Context) (caller, bool) {
	c, is := ctx.Value(callerKey{}).(caller)
	return c, is
}

// key is the key of a caller's step.
func (c caller) key(step string) string { return stepkey.New(c.workflowID, c.firstRunID, step) }

// caller returns who runs the step, and false for nobody but the workflow itself. A key may have been used before by
// another workflow. Since is then the caller's word that nobody else has made the target after it.
func (in *RunInput) caller() (caller, bool) {
	switch {
	case in.Key != "":
		return caller{workflowID: in.Key, since: in.Since, retried: true, marked: in.Since.IsZero()}, true
	case in.WorkflowID != "":
		c := caller{workflowID: in.WorkflowID, firstRunID: in.FirstRunID, since: in.Since}
		if c.since.IsZero() {
			c.since = stepkey.Began(in.FirstRunID)
		}
		c.retried = in.RunID != "" && in.RunID != in.FirstRunID
		return c, true
	default:
		return caller{}, false
	}
}

// validateCaller reports what does not say in whose name the step runs.
func (in *RunInput) validateCaller() error {
	switch {
	case in.Key != "" && in.WorkflowID != "":
		return &lro.InvalidError{Field: "workflowId", Value: in.WorkflowID, Want: "none beside a key"}
	case in.WorkflowID != "" && in.FirstRunID == "":
		return &lro.InvalidError{Field: "firstRunId", Want: "the id of the workflow's first run, which its retries keep"}
	case in.WorkflowID == "" && in.FirstRunID != "":
		return &lro.InvalidError{Field: "firstRunId", Value: in.FirstRunID, Want: "none without a workflowId"}
	case in.WorkflowID == "" && in.RunID != "":
		return &lro.InvalidError{Field: "runId", Value: in.RunID, Want: "none without a workflowId"}
	case in.Key == "" && in.WorkflowID == "" && !in.Since.IsZero():
		return &lro.InvalidError{Field: "since", Value: in.Since.Format(time.RFC3339), Want: "none without a key or a workflowId"}
	}
	for _, f := range []struct{ field, text string }{
		{"key", in.Key}, {"workflowId", in.WorkflowID}, {"firstRunId", in.FirstRunID}, {"runId", in.RunID},
	} {
		if err := validateCallersText(f.field, f.text); err != nil {
			return err
		}
	}
	return validateRunIDs(in.FirstRunID, in.RunID)
}

// validateRunIDs reports an id that the server gives no run.
func validateRunIDs(first, current string) error {
	for _, f := range []struct{ field, id string }{{"firstRunId", first}, {"runId", current}} {
		if f.id != "" && uuid.Validate(f.id) != nil {
			return &lro.InvalidError{Field: f.field, Value: f.id, Want: "the id of a run, a UUID"}
		}
	}
	return nil
}
