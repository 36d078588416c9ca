package workflows_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/activities/starters"
	"github.com/awaitop/awaitop/internal/polls"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/workflows"
)

// A user's input is read strictly. The input that a worker of another release passes on is
// read without the fields that this release does not have.
func TestAwaitInputDecoding(t *testing.T) {
	t.Parallel()
	const ref = `"ref":"//spanner.googleapis.com/` + operationName + `"`
	resumed := func(resume string) string { return `{` + ref + `,"timeout":"3600s","resume":` + resume + `}` }
	recent := time.Now().UTC().Format(time.RFC3339) // the environment begins now
	const resume = `"resume":{"startTime":"2026-01-02T03:04:05Z","newer":1}`
	tests := map[string]struct {
		reason  string
		input   string
		field   string // "" where the wait goes on
		problem string // part of the message
	}{
		"plain":              {"as documented", `{` + ref + `}`, "", ""},
		"misspelled":         {"a typo is no default", `{` + ref + `,"timout":"5s"}`, "timout", "did you mean timeout?"},
		"another case":       {"it would be another operation's", `{` + ref + `,"Ref":"//spanner.googleapis.com/x"}`, "Ref", "did you mean ref?"},
		"twice":              {"which of them?", `{` + ref + `,` + ref + `}`, "ref", "is there twice"},
		"in parts":           {"a ref is a string", `{"ref":{"service":"spanner.googleapis.com","name":"` + operationName + `"}}`, "ref", "is an object; want a string, //SERVICE/NAME"},
		"number":             {"a ref is a string", `{"ref":17}`, "ref", "is a number; want a string"},
		"missing":            {"nothing to await", `{"timeout":"5s"}`, "ref", "is missing"},
		"policy":             {"not one of the words", `{` + ref + `,"cancelPolicy":7}`, "cancelPolicy", `"7" is a number; want a string`},
		"coefficient":        {"not a number", `{` + ref + `,"policy":{"coefficient":"2"}}`, "policy.coefficient", "is a string; want a number"},
		"duration":           {"of what unit?", `{` + ref + `,"timeout":90}`, "timeout", `want a duration such as "90s", "0.5s" or "1m30s"`},
		"in the operation":   {"no field of an operation", `{` + ref + `,"operation":{"name":"` + operationName + `","status":"DONE"}}`, "operation.status", "does not exist"},
		"no operation":       {"in JSON a ref is one text", `{"ref":"//spanner.googleapis.com/projects/p/instances/i"}`, "ref", "names no operation"},
		"long task queue":    {"the server would refuse each task of the workflow", `{` + ref + `,"taskQueue":"` + strings.Repeat("q", 1001) + `"}`, "taskQueue", "is 1001 bytes long"},
		"own task queue":     {"the server keeps such names for itself", `{` + ref + `,"controlTaskQueue":"/_sys/q"}`, "controlTaskQueue", "Temporal's own"},
		"resumed":            {"another release continued as new", `{` + ref + `,"newer":{"a":1},"policy":{"newer":2},` + resume + `}`, "", ""},
		"passed on":          {"another release's parent", `{` + ref + `,"newer":1,"policy":{"newer":2},"operation":{"name":"` + operationName + `","newer":3},"origin":"worker"}`, "", ""},
		"passed on, broken":  {"no release writes it", `{` + ref + `,"newer":1,"timeout":90,"origin":"worker"}`, "timeout", "a duration such as"},
		"resumed far ahead":  {"no payload holds its deadline", resumed(`{"startTime":"9999-12-31T23:59:59Z"}`), "resume.startTime", "within 87600h"},
		"resumed long ago":   {"it would overflow a duration", resumed(`{"startTime":"0001-01-02T00:00:00Z"}`), "resume.startTime", "within 87600h"},
		"resumed at no time": {"when did it begin?", resumed(`{"polls":3}`), "resume.startTime", "RFC 3339"},
		"resumed below 0":    {"no number of reads", resumed(`{"startTime":"` + recent + `","polls":-3}`), "resume.polls", `"-3"; want 0 to 9007199254740992`},
		"resumed beyond":     {"it would overflow", resumed(`{"startTime":"` + recent + `","polls":9223372036854775807}`), "resume.polls", "want 0 to 9007199254740992"},
		"resumed at most":    {"the count stays there", resumed(`{"startTime":"` + recent + `","polls":9007199254740992}`), "", ""},
		"resumed with text":  {"no time", resumed(`{"startTime":"noon"}`), "resume.startTime", ""},
		"another origin":     {"there is no other", `{` + ref + `,"origin":"me"}`, "origin", "awaitop's workers write it"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.service.Start(operationName, testsuite.Script{RunsFor: time.Minute})
			w.env.ExecuteWorkflow(workflows.AwaitOperationName, json.RawMessage(tt.input))
			err := w.env.GetWorkflowError()
			f, _ := lro.AsFailure(err)
			switch {
			case tt.field == "" && err != nil:
				t.Errorf("%s: %v", tt.reason, err)
			case tt.field != "" && (f.Type != lro.TypeInvalidInput || f.Field != tt.field || !strings.Contains(f.Message(), tt.problem)):
				t.Errorf("%s: %v names %q, want %q with %q", tt.reason, err, f.Field, tt.field, tt.problem)
			case strings.Contains(f.Message(), "resume, origin"):
				t.Errorf("%s: %s wants what only awaitop's workers write", tt.reason, f.Message())
			case tt.field != "" && len(w.service.Calls()) > 0:
				t.Errorf("%s: %d requests were sent", tt.reason, len(w.service.Calls()))
			}
			var outcome lro.Outcome
			if err == nil && (w.env.GetWorkflowResult(&outcome) != nil || polls.Validate("polls", outcome.Polls) != nil) {
				t.Errorf("%s: ended with %d polls", tt.reason, outcome.Polls)
			}
		})
	}
}

// A child's worker may be of another release.
func TestExecuteChildOrigin(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ref := w.service.Start(operationName, testsuite.Script{RunsFor: time.Minute})
	var passed map[string]any
	w.env.SetOnChildWorkflowStartedListener(func(_ *workflow.Info, _ workflow.Context, args converter.EncodedValues) {
		if err := args.Get(&passed); err != nil {
			t.Error(err)
		}
	})
	err := w.run(func(ctx workflow.Context) error {
		return workflows.ExecuteChild(ctx, ref, workflows.AwaitOptions{}).Get(ctx, nil)
	})
	if err != nil || passed["origin"] != "worker" || passed["ref"] != ref.String() {
		t.Errorf("%v, passed on %v", err, passed)
	}
}

// An update with undocumented input is refused with a typed failure, and leaves the wait as
// it is.
func TestUpdateInputs(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		reason  string
		update  string
		input   string // "" for none
		field   string // "" where it is taken
		problem string
	}{
		"no policy":        {"it would reset the policy", workflows.SetPolicyUpdate, "", "policy", "is missing"},
		"null":             {"it would reset the policy", workflows.SetPolicyUpdate, `null`, "policy", "is missing"},
		"empty":            {"it would reset the policy", workflows.SetPolicyUpdate, `{}`, "policy", "is missing"},
		"null policy":      {"it would reset the policy", workflows.SetPolicyUpdate, `{"policy":null}`, "policy", "is missing"},
		"default policy":   {"it asks for that", workflows.SetPolicyUpdate, `{"policy":{}}`, "", ""},
		"misspelled":       {"it would be the default", workflows.SetPolicyUpdate, `{"policy":{"maximumIntreval":"5s"}}`, "policy.maximumIntreval", "did you mean maximumInterval?"},
		"policy outside":   {"it would be the default", workflows.SetPolicyUpdate, `{"maximumInterval":"5s"}`, "maximumInterval", "does not exist"},
		"number":           {"of what unit?", workflows.SetPolicyUpdate, `{"policy":{"maximumInterval":5}}`, "policy.maximumInterval", `"5"; want a duration such as "90s"`},
		"list":             {"no object", workflows.SetPolicyUpdate, `[1]`, "input", "is a list; want an object"},
		"deadline number":  {"of what unit?", workflows.SetDeadlineUpdate, `{"in":90}`, "in", `"90"; want a duration such as "90s"`},
		"deadline text":    {"no time", workflows.SetDeadlineUpdate, `{"deadline":"tomorrow"}`, "deadline", "RFC 3339"},
		"deadline unknown": {"which deadline?", workflows.SetDeadlineUpdate, `{"none":true,"deadlin":1}`, "deadlin", "did you mean deadline?"},
		"no deadline":      {"lifting it by mistake", workflows.SetDeadlineUpdate, "", "input", "one of deadline, in and none"},
		"two deadlines":    {"which of them?", workflows.SetDeadlineUpdate, `{"none":true,"in":"2h"}`, "input", `"in, none" are set together; want one of deadline, in and none`},
		"deadline of none": {"lifting it by mistake", workflows.SetDeadlineUpdate, `{}`, "input", `"{}"; want one of deadline, in and none`},
		"policy misplaced": {"it would be the default", workflows.SetPolicyUpdate, `{"maximumInterval":"30s"}`, "maximumInterval", "want it inside of policy"},
		"policy typo":      {"it would be the default", workflows.SetPolicyUpdate, `{"polcy":{}}`, "polcy", "; want policy"},
		"poll now":         {"without an input", workflows.PollNowUpdate, "", "", ""},
		"poll now, empty":  {"an object without fields", workflows.PollNowUpdate, `{}`, "", ""},
		"poll now, field":  {"would be lost", workflows.PollNowUpdate, `{"reason":"x"}`, "reason", "want no fields"},
		"poll now, text":   {"no object", workflows.PollNowUpdate, `"x"`, "input", "is a string; want an object"},
		"reason":           {"no text", workflows.CancelUpdate, `{"reason":1}`, "reason", "is a number; want a string"},
		"cancel unknown":   {"would be lost", workflows.CancelUpdate, `{"raeson":"x"}`, "raeson", "did you mean reason?"},
		"abandon unknown":  {"would be lost", workflows.AbandonUpdate, `{"because":"x"}`, "because", "does not exist"},
		"abandon text":     {"no object", workflows.AbandonUpdate, `"x"`, "input", "is a string; want an object"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			ref := w.service.Start(operationName, testsuite.Script{RunsFor: time.Hour})
			var input []any
			if tt.input != "" {
				input = append(input, json.RawMessage(tt.input))
			}
			policy := lro.PollPolicy{InitialInterval: 40 * time.Minute, MaximumInterval: 40 * time.Minute}
			update := w.update(5*time.Minute, tt.update, input...)
			outcome, err := w.await(ref, workflows.AwaitOptions{Policy: policy})
			if err != nil {
				t.Fatal(err)
			}
			if tt.field == "" {
				if !update.done || update.err != nil {
					t.Errorf("%s: %+v", tt.reason, update)
				}
				return
			}
			f, _ := lro.AsFailure(update.rejected)
			var app *temporal.ApplicationError
			if update.done || !errors.As(update.rejected, &app) || app.Type() != string(lro.TypeInvalidInput) || !app.NonRetryable() || errors.Unwrap(app) != nil {
				t.Errorf("%s: %+v, want a final InvalidInput without a cause", tt.reason, update)
			}
			if f.Field != tt.field || !strings.Contains(f.Message(), tt.problem) || f.Ref != ref {
				t.Errorf("%s: %v names %q of %s, want %q with %q", tt.reason, update.rejected, f.Field, f.Ref, tt.field, tt.problem)
			}
			if outcome.Polls != 3 {
				t.Errorf("%d reads, want the three of the policy that it began with", outcome.Polls)
			}
		})
	}
}

// A start that a worker of an older release refuses is made again until one takes it,
// as the first: nothing was sent before.
func TestStartRefusedByOlderRelease(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ref := w.service.Start(operationName, testsuite.Script{RunsFor: time.Minute})
	var inputs []starters.StartInput
	w.env.RegisterActivityWithOptions(func(_ context.Context, in starters.StartInput) (starters.StartOutput, error) {
		inputs = append(inputs, in)
		if len(inputs) < 3 {
			return starters.StartOutput{}, activities.NewError(lro.Invalid(lro.Ref{}, &lro.InvalidError{Field: "guard", Want: "one of target, key", Newer: true}))
		}
		return starters.StartOutput{Found: true, Ref: ref, Operation: lro.Operation{Name: ref.Name}}, nil
	}, activity.RegisterOptions{Name: "test.Start"})
	err := w.run(func(ctx workflow.Context) error {
		_, err := workflows.Run(ctx, nil, workflows.Step[struct{}]{Activity: "test.Start", Target: instanceName})
		return err
	})
	if err != nil || len(inputs) != 3 {
		t.Fatalf("%v after %d attempts", err, len(inputs))
	}
	if last := inputs[2]; last.Retried || last.Known != nil || last.Attempt != 3 || !last.Since.Equal(inputs[0].Since) {
		t.Errorf("the third attempt takes the start for one that may have been made: %+v", last)
	}
}

// A worker without the starter has sent nothing: the step fails with the SDK's error, and
// there is nothing to look for. Another worker may have it.
func TestStartUnregistered(t *testing.T) {
	t.Parallel()
	for _, registeredFrom := range []int{3, 1 << 30} {
		w := newWorld(t)
		ref := w.service.Start(operationName, testsuite.Script{RunsFor: time.Minute})
		var inputs []starters.StartInput
		w.env.RegisterActivityWithOptions(func(_ context.Context, in starters.StartInput) (starters.StartOutput, error) {
			if inputs = append(inputs, in); len(inputs) < registeredFrom {
				return starters.StartOutput{}, temporal.NewApplicationError("unable to find activityType=test.Start. Supported types: []", "ActivityNotRegisteredError")
			}
			return starters.StartOutput{Found: true, Ref: ref, Operation: lro.Operation{Name: ref.Name}}, nil
		}, activity.RegisterOptions{Name: "test.Start"})
		err := w.run(func(ctx workflow.Context) error {
			_, err := workflows.Run(ctx, nil, workflows.Step[struct{}]{Activity: "test.Start", Target: instanceName})
			return err
		})
		for _, in := range inputs {
			if in.Retried || in.Known != nil || in.AdoptOnly {
				t.Errorf("an attempt takes the start for one that may have been made: %+v", in)
			}
		}
		if registeredFrom == 3 {
			if err != nil || len(inputs) != 3 {
				t.Errorf("%v after %d attempts", err, len(inputs))
			}
			continue
		}
		f := testsuite.AssertFailure(t, err, lro.TypeStartFailed, lro.CodeUnknown)
		if f.MayRun || !strings.Contains(f.Message(), "could not start an operation on "+instanceName) || !strings.Contains(f.Message(), "unable to find activityType=test.Start") {
			t.Errorf("it may run: %t: %s", f.MayRun, f.Message())
		}
	}
}

// A wait that would be refused is refused before anything is sent, in the words of Start.
func TestValidateAwait(t *testing.T) {
	t.Parallel()
	ref := lro.Ref{Service: lro.SpannerService, Name: operationName}
	tests := map[string]struct {
		reason  string
		ref     lro.Ref
		options workflows.AwaitOptions
		field   string // "" for none
	}{
		"valid":   {"all is a default", ref, workflows.AwaitOptions{}, ""},
		"no ref":  {"of what?", lro.Ref{}, workflows.AwaitOptions{}, "ref"},
		"policy":  {"a field of a field", ref, workflows.AwaitOptions{Policy: lro.PollPolicy{Coefficient: 0.5}}, "policy.coefficient"},
		"timeout": {"a time before the beginning", ref, workflows.AwaitOptions{Timeout: -1}, "timeout"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := workflows.ValidateAwait(tt.ref, tt.options)
			if tt.field == "" {
				if err != nil {
					t.Errorf("%s: %v", tt.reason, err)
				}
				return
			}
			failure, ok := lro.AsFailure(err)
			if !ok || failure.Type != lro.TypeInvalidInput || !strings.Contains(failure.Message(), tt.field) {
				t.Errorf("%s: %v, want a failure of type InvalidInput that names %s", tt.reason, err, tt.field)
			}
			if _, started := workflows.Start(t.Context(), nil, "q", tt.ref, tt.options); started == nil || started.Error() != err.Error() {
				t.Errorf("%s: Start says %v, want %v", tt.reason, started, err)
			}
		})
	}
}
