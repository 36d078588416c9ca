package workflows

import (
	"time"

	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/workflow"
)

// firstTaskKey is the key, in a workflow's context, of when its first task began.
type firstTaskKey struct{}

// atFirstTask returns ctx with the current time, which is that of the first task: for
// what a workflow calls before all else.
func atFirstTask(ctx workflow.Context) workflow.Context {
	if _, recorded := ctx.Value(firstTaskKey{}).(time.Time); recorded {
		return ctx
	}
	return workflow.WithValue(ctx, firstTaskKey{}, workflow.Now(ctx))
}

// Interceptor returns a worker interceptor that lets waits and sagas know when a run
// timeout ends their workflow: it records when the run's first task began. The plugin
// of package worker has it. Without it they reckon from the run's start, which is too
// early by a start delay or a retry's backoff, and know nothing of a cron's run.
func Interceptor() interceptor.WorkerInterceptor { return &recorder{} }

type recorder struct {
	interceptor.WorkerInterceptorBase
}

// InterceptWorkflow implements interceptor.WorkerInterceptor.
func (*recorder) InterceptWorkflow(_ workflow.Context, next interceptor.WorkflowInboundInterceptor) interceptor.WorkflowInboundInterceptor {
	return &recording{interceptor.WorkflowInboundInterceptorBase{Next: next}}
}

type recording struct {
	interceptor.WorkflowInboundInterceptorBase
}

// ExecuteWorkflow implements interceptor.WorkflowInboundInterceptor. It blocks for as
// long as the workflow does: its frame is small.
func (r *recording) ExecuteWorkflow(ctx workflow.Context, in *interceptor.ExecuteWorkflowInput) (any, error) {
	if workflow.GetInfo(ctx).WorkflowRunTimeout > 0 {
		ctx = atFirstTask(ctx)
	}
	return r.Next.ExecuteWorkflow(ctx, in)
}
