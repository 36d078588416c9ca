package nexusservice_test

import (
	"testing"
	"time"

	"github.com/awaitop/awaitop/internal/golden"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/nexusservice"
	"github.com/awaitop/awaitop/workflows"
)

// Callers in other SDKs write the names by hand.
func TestNames(t *testing.T) {
	t.Parallel()
	for got, want := range map[string]string{
		nexusservice.Name:         "awaitop.v1",
		nexusservice.Await:        "await",
		nexusservice.AwaitAll:     "awaitAll",
		nexusservice.Run:          "run",
		nexusservice.Undo:         "undo",
		nexusservice.Get:          "get",
		nexusservice.List:         "list",
		nexusservice.Cancel:       "cancel",
		nexusservice.PollNow:      "pollNow",
		nexusservice.SetPolicy:    "setPolicy",
		nexusservice.SetDeadline:  "setDeadline",
		nexusservice.Abandon:      "abandon",
		nexusservice.CallerMemo:   "awaitop.nexusCaller",
		nexusservice.NotTakenType: "UpdateNotTaken",
	} {
		if got != want {
			t.Errorf("a name changed: %q, was %q", got, want)
		}
	}
}

func TestContracts(t *testing.T) {
	t.Parallel()
	ref := lro.Ref{Service: lro.SpannerService, Name: "projects/p/instances/i/operations/o"}
	target := nexusservice.Target{OperationToken: "eyJ0IjoxfQ", WorkflowID: "await:" + ref.String(), Ref: ref}
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	status := workflows.WaitStatus{
		Input: workflows.AwaitInput{Ref: ref}, Phase: workflows.PhaseCanceling,
		Outcome: lro.Outcome{Ref: ref, Operation: lro.Operation{Name: ref.Name}, StartTime: at},
	}
	for name, tt := range map[string]struct {
		value any
		empty any // a pointer to read the file into
	}{
		"get_input": {nexusservice.GetInput{Ref: ref}, &nexusservice.GetInput{}},
		"list_input": {nexusservice.ListInput{ListRequest: lro.ListRequest{
			Collection: ref.Collection(), Filter: "done=false", PageSize: 10, PageToken: "next", ReturnPartialSuccess: true,
		}}, &nexusservice.ListInput{}},
		"poll_now_input":     {nexusservice.PollNowInput{Target: target}, &nexusservice.PollNowInput{}},
		"stop_input":         {nexusservice.StopInput{Target: target, Reason: "the wrong region"}, &nexusservice.StopInput{}},
		"set_policy_input":   {nexusservice.SetPolicyInput{Target: target, Policy: &lro.PollPolicy{MaximumInterval: time.Minute}}, &nexusservice.SetPolicyInput{}},
		"set_deadline_input": {nexusservice.SetDeadlineInput{Target: target, Deadline: at, In: lro.DurationOf(time.Hour), None: true}, &nexusservice.SetDeadlineInput{}},
		"steer_output": {nexusservice.SteerOutput{Waits: []nexusservice.SteeredWait{
			{WorkflowID: "await:" + ref.String() + "#payments#1", Status: &status}, {WorkflowID: "await:" + ref.String() + "#payments#2", Going: true},
		}}, &nexusservice.SteerOutput{}},
		"caller": {nexusservice.Caller{Namespace: "payments", WorkflowID: "order-1", RunID: "run", Endpoint: "awaitop", Ref: ref}, &nexusservice.Caller{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			golden.Payload(t, name, tt.value, tt.empty)
		})
	}
}
