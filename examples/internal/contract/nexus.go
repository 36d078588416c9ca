package contract

import (
	"strconv"

	historypb "go.temporal.io/api/history/v1"
	nexuspb "go.temporal.io/api/nexus/v1"
	"go.temporal.io/api/workflowservice/v1"
)

// nexusService is the name of the Nexus service.
const nexusService = "awaitop.v1"

// nexusTask validates the input of a Nexus operation, and remembers the operation.
func (r *Recorder) nexusTask(task *workflowservice.PollNexusTaskQueueResponse) {
	start := task.GetRequest().GetStartOperation()
	if start.GetService() != nexusService {
		return
	}
	r.taken(task.GetTaskToken(), start.GetOperation())
	if o, ok := r.services[Nexus][start.GetOperation()]; ok {
		r.check(nexusInput, o.Name, start.GetPayload(), o.Input)
	}
}

// nexusAnswer validates the result of a synchronous Nexus operation, or the details of its failure.
func (r *Recorder) nexusAnswer(name string, answer *nexuspb.StartOperationResponse) {
	o, ok := r.services[Nexus][name]
	if !ok {
		return
	}
	r.failed(name, answer.GetFailure())
	if sync := answer.GetSyncSuccess(); sync != nil {
		r.check(nexusOutput, name, sync.GetPayload(), o.Output)
	}
}

// called validates what a workflow that calls Nexus operations is told: the results of asynchronous ones, and failures.
func (r *Recorder) called(runID string, history *historypb.History) {
	for _, event := range history.GetEvents() {
		if a := event.GetNexusOperationScheduledEventAttributes(); a.GetService() == nexusService {
			r.taken(scheduledKey(runID, event.GetEventId()), a.GetOperation())
		}
		if a := event.GetNexusOperationCompletedEventAttributes(); a != nil {
			if o, ok := r.services[Nexus][r.typeOf(scheduledKey(runID, a.GetScheduledEventId()))]; ok {
				r.check(nexusOutput, o.Name, a.GetResult(), o.Output)
			}
		}
		if a := event.GetNexusOperationFailedEventAttributes(); a != nil {
			r.failed(r.typeOf(scheduledKey(runID, a.GetScheduledEventId())), a.GetFailure())
		}
	}
}

// scheduledKey stands for an event that has scheduled a Nexus operation, among the tokens of tasks.
func scheduledKey(runID string, event int64) []byte {
	return []byte(runID + "/" + strconv.FormatInt(event, 10))
}
