package contract

import (
	"go.temporal.io/api/workflowservice/v1"
)

// reply validates the payloads of the Temporal server's answer to a request, and remembers what tasks are of.
func (r *Recorder) reply(request, reply any) {
	switch p := reply.(type) {
	case *workflowservice.PollActivityTaskQueueResponse:
		r.activityTask(p)
	case *workflowservice.PollWorkflowTaskQueueResponse:
		r.workflowTask(p)
	case *workflowservice.PollNexusTaskQueueResponse:
		r.nexusTask(p)
	case *workflowservice.RespondWorkflowTaskCompletedResponse:
		r.workflowTask(p.GetWorkflowTask())
		for _, task := range p.GetActivityTasks() {
			r.activityTask(task)
		}
	case *workflowservice.StartWorkflowExecutionResponse:
		r.workflowTask(p.GetEagerWorkflowTask())
	case *workflowservice.QueryWorkflowResponse:
		r.query(request.(*workflowservice.QueryWorkflowRequest).GetQuery().GetQueryType(), p.GetQueryResult())
	case *workflowservice.UpdateWorkflowExecutionResponse:
		r.updated(request.(*workflowservice.UpdateWorkflowExecutionRequest).GetRequest().GetInput().GetName(), p.GetOutcome())
	case *workflowservice.DescribeWorkflowExecutionResponse:
		r.memo(p.GetWorkflowExecutionInfo().GetMemo())
		for _, pending := range p.GetPendingActivities() {
			r.beat(pending.GetActivityType().GetName(), pending.GetHeartbeatDetails())
		}
	}
}

func (r *Recorder) activityTask(task *workflowservice.PollActivityTaskQueueResponse) {
	if len(task.GetTaskToken()) == 0 {
		return // the poll has ended without a task
	}
	name := task.GetActivityType().GetName()
	r.taken(task.GetTaskToken(), name)
	r.scheduled(name, task.GetInput())
	r.beat(name, task.GetHeartbeatDetails())
}

// workflowTask remembers what a task is of. A task for a query alone has the query.
func (r *Recorder) workflowTask(task *workflowservice.PollWorkflowTaskQueueResponse) {
	if len(task.GetTaskToken()) == 0 {
		return
	}
	name := task.GetWorkflowType().GetName()
	if task.GetQuery() != nil {
		name = task.GetQuery().GetQueryType()
	}
	r.taken(task.GetTaskToken(), name)
	r.called(task.GetWorkflowExecution().GetRunId(), task.GetHistory())
	for _, message := range task.GetMessages() {
		r.asked(message)
	}
}
