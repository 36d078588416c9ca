// Package unlimited lets awaitop's activities retry in Temporal's test environment as
// on a server, without a limit.
package unlimited

import (
	"math"
	"strings"

	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"
)

// ownPrefix starts the names of awaitop's activities.
const ownPrefix = "awaitop."

// Interceptor returns an interceptor that gives awaitop's activities a limit that no
// test reaches where their retry policy has none: the SDK's test environment takes a
// MaximumAttempts of 0 for 10. It leaves the activities of a test alone: one that a
// test lets fail for ever would keep the environment busy for ever. But those that too
// reports true for are awaitop's by another name, as starters of the test's own are. It may be nil.
func Interceptor(too func(activity string) bool) interceptor.WorkerInterceptor {
	return &unlimited{own: func(activity string) bool {
		return strings.HasPrefix(activity, ownPrefix) || too != nil && too(activity)
	}}
}

type unlimited struct {
	interceptor.WorkerInterceptorBase
	own func(activity string) bool
}

func (u *unlimited) InterceptWorkflow(_ workflow.Context, next interceptor.WorkflowInboundInterceptor) interceptor.WorkflowInboundInterceptor {
	return &unlimitedInbound{interceptor.WorkflowInboundInterceptorBase{Next: next}, u.own}
}

type unlimitedInbound struct {
	interceptor.WorkflowInboundInterceptorBase
	own func(activity string) bool
}

func (i *unlimitedInbound) Init(outbound interceptor.WorkflowOutboundInterceptor) error {
	return i.Next.Init(&unlimitedOutbound{interceptor.WorkflowOutboundInterceptorBase{Next: outbound}, i.own})
}

type unlimitedOutbound struct {
	interceptor.WorkflowOutboundInterceptorBase
	own func(activity string) bool
}

func (o *unlimitedOutbound) ExecuteActivity(ctx workflow.Context, activity string, args ...any) workflow.Future {
	if o.own(activity) {
		ctx = workflow.WithRetryPolicy(ctx, unlimitedPolicy(workflow.GetActivityOptions(ctx).RetryPolicy))
	}
	return o.Next.ExecuteActivity(ctx, activity, args...)
}

// unlimitedPolicy is the policy with a limit that no test reaches in place of none.
func unlimitedPolicy(policy *temporal.RetryPolicy) temporal.RetryPolicy {
	var limited temporal.RetryPolicy
	if policy != nil {
		limited = *policy
	}
	if limited.MaximumAttempts == 0 {
		limited.MaximumAttempts = math.MaxInt32
	}
	return limited
}
