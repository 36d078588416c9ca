package workflows

import (
	"time"

	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/workflow"
)

// firstTaskKey is the key, in a workflow's context, of when its first task began.
type firstTaskKey struct{}

// atFirstTask returns ctx with the time of the workflow's first task, which is the current
// time: a workflow calls it before anything else.
func atFirstTask(ctx workflow.Context) workflow.Context {
	if _, recorded := ctx.Value(firstTaskKey{}).(time.Time); recorded {
		return ctx
	}
	return workflow.WithValue(ctx, firstTaskKey{}, workflow.Now(ctx))
}

// Interceptor returns a worker interceptor that records when a run's first task began. Waits
// and sagas compute from it when a run timeout ends their workflow. The plugin of package
// worker has it. Without it they compute from the run's start, which is too early by a
// start delay or a retry's backoff, and ignore the run timeout of a cron workflow. Two sagas of
// one workflow that undo at the same time then overwrite each other's [UndoMemo].
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

// ExecuteWorkflow implements interceptor.WorkflowInboundInterceptor. It blocks as long as
// the workflow does, so its frame is small.
func (r *recording) ExecuteWorkflow(ctx workflow.Context, in *interceptor.ExecuteWorkflowInput) (any, error) {
	if workflow.GetInfo(ctx).WorkflowRunTimeout > 0 {
		ctx = atFirstTask(ctx)
	}
	return r.Next.ExecuteWorkflow(workflow.WithValue(ctx, undoBoardKey{}, &undoBoard{}), in)
}
