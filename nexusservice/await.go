package nexusservice

import (
	"context"
	"fmt"
	"time"

	"github.com/nexus-rpc/sdk-go/nexus"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporalnexus"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/workflows"
)

// started is an operation whose calls are workflows. begin checks the input, sets what the handler
// decides, and says how to start the workflow.
func started[I, O any](s *service, name, workflow string, begin func(call, *I) (client.StartWorkflowOptions, error)) nexus.Operation[*I, O] {
	return temporalnexus.MustNewWorkflowRunOperationWithOptions(temporalnexus.WorkflowRunOperationOptions[*I, O]{
		Name: name,
		Handler: func(ctx context.Context, in *I, request nexus.StartOperationOptions) (temporalnexus.WorkflowHandle[O], error) {
			caller, rule, err := s.authorize(ctx, name, request)
			if err != nil {
				return nil, refused(lro.Ref{}, err)
			}
			in = given(in)
			start, err := begin(call{caller: caller, rule: rule, id: request.RequestID, timeout: timeoutOf(request)}, in)
			if err != nil {
				return nil, err
			}
			return temporalnexus.ExecuteUntypedWorkflow[O](ctx, request, start, workflow, in)
		},
	})
}

// timeoutOf is what is left of the caller's ScheduleToCloseTimeout, 0 without one.
func timeoutOf(request nexus.StartOperationOptions) time.Duration {
	timeout, err := time.ParseDuration(request.Header.Get(nexus.HeaderOperationTimeout))
	if err != nil {
		return 0
	}
	return timeout
}

func (s *service) await() nexus.RegisterableOperation {
	return started[workflows.AwaitInput, lro.Outcome](s, Await, workflows.AwaitOperationName, func(call call, in *workflows.AwaitInput) (client.StartWorkflowOptions, error) {
		if err := in.Validate(); err != nil {
			return client.StartWorkflowOptions{}, failed(err)
		}
		err := call.rule.reach("ref", in.Ref.Service, in.Ref.Name)
		if in.Ref.IsZero() { // the operation is done, and nothing is sent
			err = nil
		}
		if err == nil {
			err = s.decide(call, &in.AwaitOptions)
		}
		if err == nil && in.Resume != nil {
			err = &lro.InvalidError{Field: "resume", Want: "none: awaitop's workers write it"}
		}
		if err != nil {
			return client.StartWorkflowOptions{}, refused(in.Ref, err)
		}
		call.caller.Ref = in.Ref
		return call.start(in.StartOptions(), workflows.WorkflowID(in.Ref)), nil
	})
}

func (s *service) awaitAll() nexus.RegisterableOperation {
	return started[workflows.AwaitAllInput, workflows.AllOutcome](s, AwaitAll, workflows.AwaitOperationsName, func(call call, in *workflows.AwaitAllInput) (client.StartWorkflowOptions, error) {
		if err := in.Validate(); err != nil {
			return client.StartWorkflowOptions{}, failed(err)
		}
		err := call.reachAll(in.Refs)
		if err == nil {
			err = s.decide(call, &in.AwaitOptions)
		}
		if err != nil {
			return client.StartWorkflowOptions{}, refused(lro.Ref{}, err)
		}
		return call.start(client.StartWorkflowOptions{}, "awaitAll"), nil
	})
}

// start names the workflow of a call, and notes who called. The id is the same for each attempt of
// the request, so that it starts one workflow.
func (c call) start(options client.StartWorkflowOptions, prefix string) client.StartWorkflowOptions {
	options.ID = prefix + "#" + c.caller.owner() + "#" + c.id
	options.Memo = map[string]any{CallerMemo: c.caller}
	return options
}

// decide sets the options that are the handler's, and refuses them of the caller. The wait ends
// before the caller's Nexus operation times out, because the caller would not learn how it ended.
func (s *service) decide(call call, options *workflows.AwaitOptions) error {
	for _, field := range []struct{ name, value string }{{"taskQueue", options.TaskQueue}, {"controlTaskQueue", options.ControlTaskQueue}} {
		if field.value != "" {
			return &lro.InvalidError{Field: field.name, Value: field.value, Want: "none: the worker of the Nexus service decides"}
		}
	}
	if options.SearchAttributes {
		return &lro.InvalidError{Field: "searchAttributes", Value: "true", Want: "false: the worker of the Nexus service decides"}
	}
	options.TaskQueue, options.ControlTaskQueue, options.SearchAttributes = s.options.TaskQueue, s.options.ControlTaskQueue, s.options.SearchAttributes
	options.Timeout = waitTimeout(options.Timeout, call.timeout, options.EndMargin)
	return nil
}

// waitTimeout is the timeout of a wait: the caller's own, or what the Nexus operation's timeout
// leaves less the margin if that is shorter. The margin is that of workflows.AwaitOptions.EndMargin.
func waitTimeout(wanted, operation, margin time.Duration) time.Duration {
	if operation <= 0 {
		return wanted
	}
	if margin <= 0 {
		margin = min(operation/10, workflows.DefaultEndMargin)
	}
	left := max(operation-margin, operation/2)
	if wanted > 0 {
		return min(wanted, left)
	}
	return left
}

// reachAll refuses the first of the refs that the caller's rule does not allow.
func (c call) reachAll(refs []lro.Ref) error {
	for i, ref := range refs {
		if err := c.rule.reach(fmt.Sprintf("refs[%d]", i), ref.Service, ref.Name); err != nil {
			return err
		}
	}
	return nil
}
