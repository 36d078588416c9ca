package nexusservice

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/workflows"
)

// maxTargets is the most waits that one call steers.
const maxTargets = 50

// Target names the waits that a call steers, by one of its fields. A caller steers the waits that
// calls from its own namespace have started, unless its [Rule] has Others.
type Target struct {
	// OperationToken names the wait of one call of [Await]: the token that the call's start has
	// returned.
	OperationToken string `json:"operationToken,omitempty"`
	// WorkflowID names a wait by the id of its workflow, in the namespace of the service.
	WorkflowID string `json:"workflowId,omitempty"`
	// Ref names all waits for an operation that calls of [Await] from the caller's namespace have
	// started and that run, at most 50. A wait that has started less than a second or so ago may be
	// missed, because the Temporal server's list lags.
	Ref lro.Ref `json:"ref,omitzero"`
}

// text names the target in a message.
func (t Target) text() string {
	switch {
	case t.OperationToken != "":
		return "the operation token"
	case t.WorkflowID != "":
		return "workflow " + t.WorkflowID
	default:
		return t.Ref.String()
	}
}

// field is the name of the field that is set, for messages.
func (t Target) field() (name, value string) {
	switch {
	case t.OperationToken != "":
		return "operationToken", t.OperationToken
	case t.WorkflowID != "":
		return "workflowId", t.WorkflowID
	default:
		return "ref", t.Ref.String()
	}
}

// missing says that the target names no wait that the caller may steer. It does not tell whether
// another caller has one.
func (t Target) missing() error {
	name, value := t.field()
	return refusal{lro.TypeWaitNotFound, &lro.InvalidError{Field: name, Value: value, Want: "a wait that runs, of the caller's own namespace"}}
}

// validate reports why the target names no waits.
func (t Target) validate() error {
	set := 0
	for _, is := range []bool{t.OperationToken != "", t.WorkflowID != "", !t.Ref.IsZero()} {
		if is {
			set++
		}
	}
	switch {
	case set != 1:
		return &lro.InvalidError{Field: "input", Value: fmt.Sprintf("%d of them", set), Want: "one of operationToken, workflowId and ref"}
	case !t.Ref.IsZero():
		return t.Ref.Validate()
	default:
		return nil
	}
}

// workflowOf is the id in the token of a call of [Await], as package temporalnexus writes it.
func workflowOf(token string) string {
	decoded, err := base64.URLEncoding.WithPadding(base64.NoPadding).DecodeString(token)
	var run struct {
		WorkflowID string `json:"wid"`
	}
	if err != nil || json.Unmarshal(decoded, &run) != nil {
		return ""
	}
	return run.WorkflowID
}

// find returns the ids of the waits that the target names and the caller may steer.
func (c call) find(ctx context.Context, temporal client.Client, target Target) ([]string, error) {
	if !target.Ref.IsZero() {
		return c.findByRef(ctx, temporal, target)
	}
	id := target.WorkflowID
	if id == "" {
		id = workflowOf(target.OperationToken)
	}
	if id == "" {
		return nil, refused(lro.Ref{}, target.missing())
	}
	described, err := temporal.DescribeWorkflowExecution(ctx, id, "")
	var gone *serviceerror.NotFound
	var invalid *serviceerror.InvalidArgument
	switch {
	case errors.As(err, &gone) || errors.As(err, &invalid):
		return nil, refused(lro.Ref{}, target.missing())
	case err != nil:
		return nil, err
	}
	info := described.GetWorkflowExecutionInfo()
	if info.GetType().GetName() != workflows.AwaitOperationName || info.GetStatus() != enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING || !c.steers(id) {
		return nil, refused(lro.Ref{}, target.missing())
	}
	ref, err := refOf(ctx, temporal, id, info.GetMemo())
	if err != nil {
		return nil, target.unsteered(err)
	}
	if name, _ := target.field(); c.rule.reach(name, ref.Service, ref.Name) != nil {
		return nil, refused(lro.Ref{}, target.missing())
	}
	return []string{id}, nil
}

// steers reports whether the caller may steer the wait of the id, as far as its owner goes.
func (c call) steers(id string) bool { return c.rule.Others || c.caller.owns(id) }

// refOf is the operation that a wait awaits: by its memo, or else by the wait itself. The memo is no
// help behind a payload codec, or if no caller has started the wait.
func refOf(ctx context.Context, temporal client.Client, id string, memo *commonpb.Memo) (lro.Ref, error) {
	var caller Caller
	if payload := memo.GetFields()[CallerMemo]; payload != nil && converter.GetDefaultDataConverter().FromPayload(payload, &caller) == nil {
		return caller.Ref, nil
	}
	var status workflows.WaitStatus
	value, err := temporal.QueryWorkflow(ctx, id, "", workflows.StatusQuery)
	if err == nil {
		err = value.Get(&status)
	}
	return status.Input.Ref, err
}

// findByRef returns the waits for an operation, by the beginning of their ids.
func (c call) findByRef(ctx context.Context, temporal client.Client, target Target) ([]string, error) {
	if err := c.rule.reach("ref", target.Ref.Service, target.Ref.Name); err != nil {
		return nil, refused(target.Ref, err)
	}
	shared := workflows.WorkflowID(target.Ref)
	beginning := shared
	if !c.rule.Others {
		beginning += "#" + c.caller.owner() + "#"
	}
	listed, err := temporal.ListWorkflow(ctx, &workflowservice.ListWorkflowExecutionsRequest{
		PageSize: maxListed,
		Query: fmt.Sprintf("WorkflowType = '%s' AND ExecutionStatus = 'Running' AND WorkflowId STARTS_WITH %s",
			workflows.AwaitOperationName, quoted(beginning)),
	})
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, info := range listed.GetExecutions() {
		id := info.GetExecution().GetWorkflowId()
		ofRef := id == shared || strings.HasPrefix(id, shared+"#") // not that of a longer name
		if ofRef && c.steers(id) && len(ids) < maxTargets {
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 {
		return nil, refused(target.Ref, target.missing())
	}
	return ids, nil
}

// maxListed is the most waits whose ids begin alike among which those to steer are looked for.
const maxListed = 1000

// quoted is a text as a value in a list filter.
func quoted(text string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(text) + "'"
}
