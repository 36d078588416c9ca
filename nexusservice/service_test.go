package nexusservice_test

import (
	"encoding/json"
	"io"
	"log/slog"
	"testing"

	"go.temporal.io/sdk/log"
	sdk "go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/nexusservice"
	"github.com/awaitop/awaitop/testsuite"
)

// call runs a workflow that calls one operation of the service, in the SDK's test environment. That environment decodes
// the input and encodes it again, so it does not show what an input has that its type has not: TestInputs does.
func call[O any](t *testing.T, options nexusservice.Options, client lro.Client, operation, input string) (out O, err error) {
	t.Helper()
	service, err := nexusservice.New(options, client)
	if err != nil {
		t.Fatal(err)
	}
	suite := &sdk.WorkflowTestSuite{}
	suite.SetLogger(log.NewStructuredLogger(slog.New(slog.NewTextHandler(io.Discard, nil))))
	env := suite.NewTestWorkflowEnvironment()
	env.RegisterNexusService(service)
	env.ExecuteWorkflow(func(ctx workflow.Context) (out json.RawMessage, err error) {
		called := workflow.NewNexusClient("endpoint", nexusservice.Name)
		err = called.ExecuteOperation(ctx, operation, json.RawMessage(input), workflow.NexusOperationOptions{}).Get(ctx, &out)
		return out, err
	})
	if err := env.GetWorkflowError(); err != nil {
		return out, err
	}
	return out, env.GetWorkflowResult(&out)
}

const name = "projects/p/instances/i/operations/o"

func TestGet(t *testing.T) {
	t.Parallel()
	api := testsuite.ForTest(t, testsuite.Options{})
	ref := api.Start(name, testsuite.Script{})
	op, err := call[lro.Operation](t, nexusservice.Options{}, api, nexusservice.Get, `{"ref":"`+ref.String()+`"}`)
	if err != nil || op.Name != name || !op.Done {
		t.Errorf("%+v, %v", op, err)
	}
}

func TestList(t *testing.T) {
	t.Parallel()
	api := testsuite.ForTest(t, testsuite.Options{})
	ref := api.Start(name, testsuite.Script{})
	page, err := call[lro.Page](t, nexusservice.Options{}, api, nexusservice.List, `{"collection":"`+ref.Collection().String()+`"}`)
	if err != nil || len(page.Operations) != 1 || page.Operations[0].Name != name {
		t.Errorf("%+v, %v", page, err)
	}
}

// Each refusal is a failure that awaitop's callers know, and nothing is sent.
func TestRefusals(t *testing.T) {
	t.Parallel()
	const ref, outside = "//spanner.googleapis.com/" + name, "//spanner.googleapis.com/projects/x/instances/i/operations/o"
	inP := nexusservice.Options{Allow: nexusservice.Rule{Resources: []string{"projects/p"}}}
	running := nexusservice.Options{Allow: nexusservice.Rule{Resources: []string{"projects/p"}, Methods: []string{nexusservice.AllMethods}}}
	tests := map[string]struct {
		reason    string
		options   nexusservice.Options
		operation string
		input     string
		field     string
		want      lro.FailureType
	}{
		"missing":        {"of what?", nexusservice.Options{}, nexusservice.Get, `{}`, "ref", lro.TypeInvalidInput},
		"null":           {"null is absent", nexusservice.Options{}, nexusservice.Get, `null`, "ref", lro.TypeInvalidInput},
		"another type":   {"in JSON's words", nexusservice.Options{}, nexusservice.List, `{"collection":7}`, "collection", lro.TypeInvalidInput},
		"page size":      {"as the API's client has it", nexusservice.Options{}, nexusservice.List, `{"collection":"//spanner.googleapis.com/projects/p/instances/i/operations","pageSize":-1}`, "pageSize", lro.TypeInvalidInput},
		"resource":       {"outside of the rule", inP, nexusservice.Get, `{"ref":"` + outside + `"}`, "ref", lro.TypeNotAllowed},
		"collection":     {"outside of the rule", inP, nexusservice.List, `{"collection":"//spanner.googleapis.com/projects/x/instances/i/operations"}`, "collection", lro.TypeNotAllowed},
		"await":          {"outside of the rule", inP, nexusservice.Await, `{"ref":"` + outside + `"}`, "ref", lro.TypeNotAllowed},
		"one of a set":   {"outside of the rule", inP, nexusservice.AwaitAll, `{"refs":["` + ref + `","` + outside + `"]}`, "refs[1]", lro.TypeNotAllowed},
		"operation":      {"not one of the rule's", nexusservice.Options{Allow: nexusservice.Rule{Operations: []string{nexusservice.List}}}, nexusservice.Get, `{"ref":"` + ref + `"}`, "operation", lro.TypeNotAllowed},
		"caller":         {"nobody knows whose it is", nexusservice.Options{Callers: map[string]nexusservice.Rule{"payments": {}}}, nexusservice.Get, `{"ref":"` + ref + `"}`, "caller", lro.TypeNotAllowed},
		"task queue":     {"the worker's to choose", nexusservice.Options{}, nexusservice.Await, `{"ref":"` + ref + `","controlTaskQueue":"q"}`, "controlTaskQueue", lro.TypeInvalidInput},
		"attributes":     {"the worker's namespace may not have them", nexusservice.Options{}, nexusservice.AwaitAll, `{"refs":["` + ref + `"],"searchAttributes":true}`, "searchAttributes", lro.TypeInvalidInput},
		"resume":         {"awaitop's workers write it", nexusservice.Options{}, nexusservice.Await, `{"ref":"` + ref + `","resume":{"startTime":"2026-01-02T03:04:05Z"}}`, "resume", lro.TypeInvalidInput},
		"no method":      {"of what?", nexusservice.Options{}, nexusservice.Run, `{"target":"projects/p/instances/i"}`, "method", lro.TypeInvalidInput},
		"method":         {"the rule has none", nexusservice.Options{}, nexusservice.Run, `{"method":"spanner.projects.instances.create","target":"projects/p/instances/i"}`, "method", lro.TypeNotAllowed},
		"target":         {"outside of the rule", running, nexusservice.Undo, `{"key":"k","method":"spanner.projects.instances.create","target":"projects/x/instances/i"}`, "target", lro.TypeNotAllowed},
		"no such method": {"whose resource is it?", running, nexusservice.Run, `{"method":"spanner.projects.none","target":"projects/p/instances/i"}`, "method", lro.TypeInvalidInput},
		"another's key":  {"a sweep would not find it", running, nexusservice.Run, `{"method":"spanner.projects.instances.create","target":"projects/p/instances/i","workflowId":"w","firstRunId":"018f3f2e-7d7c-7cc3-98c5-3a1b2c4d5e6f"}`, "workflowId", lro.TypeInvalidInput},
		"run's queue":    {"the worker's to choose", running, nexusservice.Run, `{"method":"spanner.projects.instances.create","target":"projects/p/instances/i","taskQueue":"q"}`, "taskQueue", lro.TypeInvalidInput},
		"no target":      {"which wait?", nexusservice.Options{}, nexusservice.PollNow, `{}`, "input", lro.TypeInvalidInput},
		"two targets":    {"which of them?", nexusservice.Options{}, nexusservice.Cancel, `{"ref":"` + ref + `","workflowId":"w"}`, "input", lro.TypeInvalidInput},
		"target's name":  {"no operation's", nexusservice.Options{}, nexusservice.Abandon, `{"ref":"//spanner.googleapis.com/projects/p"}`, "ref", lro.TypeInvalidInput},
		"no policy":      {"{} is the default", nexusservice.Options{}, nexusservice.SetPolicy, `{"ref":"` + ref + `"}`, "policy", lro.TypeInvalidInput},
		"target's rule":  {"outside of the rule", inP, nexusservice.SetDeadline, `{"ref":"` + outside + `","none":true}`, "ref", lro.TypeNotAllowed},
		"not a token":    {"a token names a workflow", nexusservice.Options{}, nexusservice.PollNow, `{"operationToken":"e30"}`, "operationToken", lro.TypeWaitNotFound},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			api := testsuite.ForTest(t, testsuite.Options{})
			_, err := call[any](t, tt.options, api, tt.operation, tt.input)
			if f := testsuite.AssertFailure(t, err, tt.want, lro.Failure{Type: tt.want}.Code()); f.Field != tt.field {
				t.Errorf("%s: refused %q, want %q: %v", tt.reason, f.Field, tt.field, err)
			}
			api.AssertCalls(t, testsuite.MethodGet, 0)
			api.AssertCalls(t, testsuite.MethodList, 0)
		})
	}
}
