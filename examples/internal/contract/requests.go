package contract

import (
	"encoding/json"

	commandpb "go.temporal.io/api/command/v1"
	commonpb "go.temporal.io/api/common/v1"
	failurepb "go.temporal.io/api/failure/v1"
	protocolpb "go.temporal.io/api/protocol/v1"
	updatepb "go.temporal.io/api/update/v1"
	"go.temporal.io/api/workflowservice/v1"
)

// request validates the payloads of a request to the Temporal server.
func (r *Recorder) request(request any) {
	switch q := request.(type) {
	case *workflowservice.StartWorkflowExecutionRequest:
		r.start(q.GetWorkflowType().GetName(), q.GetInput())
		r.memo(q.GetMemo())
	case *workflowservice.UpdateWorkflowExecutionRequest:
		input := q.GetRequest().GetInput()
		if o, ok := r.services[Updates][input.GetName()]; ok && o.Input != "" {
			r.check(updateInput, o.Name, first(input.GetArgs()), o.Input)
		}
	case *workflowservice.RecordActivityTaskHeartbeatRequest:
		r.beat(r.typeOf(q.GetTaskToken()), q.GetDetails())
	case *workflowservice.RespondActivityTaskCompletedRequest:
		if o, ok := r.services[Activities][r.typeOf(q.GetTaskToken())]; ok {
			r.check(activityOutput, o.Name, first(q.GetResult()), o.Output)
		}
	case *workflowservice.RespondActivityTaskFailedRequest:
		r.failed(r.typeOf(q.GetTaskToken()), q.GetFailure())
		r.beat(r.typeOf(q.GetTaskToken()), q.GetLastHeartbeatDetails())
	case *workflowservice.RespondQueryTaskCompletedRequest:
		r.query(r.typeOf(q.GetTaskToken()), q.GetQueryResult())
	case *workflowservice.RespondNexusTaskCompletedRequest:
		r.nexusAnswer(r.typeOf(q.GetTaskToken()), q.GetResponse().GetStartOperation())
	case *workflowservice.RespondWorkflowTaskCompletedRequest:
		for _, command := range q.GetCommands() {
			r.command(r.typeOf(q.GetTaskToken()), command)
		}
		for _, message := range q.GetMessages() {
			r.message(message)
		}
	}
}

// start validates the input of a workflow. Workers write an origin or a resume into it.
func (r *Recorder) start(name string, input *commonpb.Payloads) {
	o, ok := r.services[Workflows][name]
	if !ok {
		return
	}
	var written struct{ Origin, Resume json.RawMessage }
	raw, _ := jsonOf(first(input))
	place := o.Input
	if json.Unmarshal(raw, &written) == nil && o.WorkerInput != "" && (written.Origin != nil || written.Resume != nil) {
		place = o.WorkerInput
	}
	r.check(workflowInput, name, first(input), place)
}

func (r *Recorder) memo(memo *commonpb.Memo) {
	for field, payload := range memo.GetFields() {
		place := r.document.Memo(field)
		raw, ok := jsonOf(payload)
		if place == "" || !ok {
			continue
		}
		if err := r.document.Validate(place, raw); err != nil {
			r.report("memo %s: %v\n%s", field, err, shortened(raw))
		}
		r.count(Kind{memoField, field})
	}
}

func (r *Recorder) beat(name string, details *commonpb.Payloads) {
	o, ok := r.services[Activities][name]
	if !ok || first(details) == nil {
		return
	}
	if len(o.Heartbeats) == 0 {
		r.report("%s has heartbeats, which the document has not: %s", name, first(details).GetData())
		return
	}
	r.check(heartbeat, name, first(details), o.Heartbeats...)
}

func (r *Recorder) query(name string, result *commonpb.Payloads) {
	if o, ok := r.services[Queries][name]; ok {
		r.check(queryOutput, name, first(result), o.Output)
	}
}

// command validates a command of a workflow.
func (r *Recorder) command(workflow string, command *commandpb.Command) {
	own, isOwn := r.services[Workflows][workflow]
	if a := command.GetScheduleActivityTaskCommandAttributes(); a != nil {
		r.scheduled(a.GetActivityType().GetName(), a.GetInput())
	}
	if a := command.GetStartChildWorkflowExecutionCommandAttributes(); a != nil {
		r.start(a.GetWorkflowType().GetName(), a.GetInput())
		r.memo(a.GetMemo())
	}
	if a := command.GetContinueAsNewWorkflowExecutionCommandAttributes(); a != nil {
		r.start(a.GetWorkflowType().GetName(), a.GetInput())
	}
	if a := command.GetModifyWorkflowPropertiesCommandAttributes(); a != nil {
		r.memo(a.GetUpsertedMemo())
	}
	if a := command.GetFailWorkflowExecutionCommandAttributes(); a != nil {
		r.failed(workflow, a.GetFailure())
	}
	if a := command.GetCompleteWorkflowExecutionCommandAttributes(); a != nil && isOwn {
		r.check(workflowOutput, workflow, first(a.GetResult()), own.Output)
	}
	if a := command.GetCancelWorkflowExecutionCommandAttributes(); a != nil && isOwn {
		r.check(canceledDetail, workflow, first(a.GetDetails()), own.Canceled)
	}
}

// scheduled validates the input of an activity, and the request in it.
func (r *Recorder) scheduled(name string, input *commonpb.Payloads) {
	o, ok := r.services[Activities][name]
	if !ok {
		return
	}
	r.check(activityInput, name, first(input), o.Input)
	var started struct{ Request json.RawMessage }
	if raw, isJSON := jsonOf(first(input)); isJSON && o.Request != "" && json.Unmarshal(raw, &started) == nil && started.Request != nil {
		if err := r.document.Validate(o.Request, started.Request); err != nil {
			r.report("request of %s: %v\n%s", name, err, shortened(started.Request))
		}
	}
}

// message validates what a workflow answers to an update.
func (r *Recorder) message(message *protocolpb.Message) {
	var response updatepb.Response
	if message.GetBody().UnmarshalTo(&response) == nil {
		r.updated(r.updateName(message.GetProtocolInstanceId()), response.GetOutcome())
	}
	var rejection updatepb.Rejection
	if message.GetBody().UnmarshalTo(&rejection) == nil {
		r.failed(r.updateName(message.GetProtocolInstanceId()), rejection.GetFailure())
	}
}

func (r *Recorder) updated(name string, outcome *updatepb.Outcome) {
	r.failed(name, outcome.GetFailure())
	if o, ok := r.services[Updates][name]; ok {
		r.check(updateOutput, name, first(outcome.GetSuccess()), o.Output)
	}
}

// failed validates the details of a failure, and of those that caused it.
func (r *Recorder) failed(name string, failure *failurepb.Failure) {
	for ; failure != nil; failure = failure.GetCause() {
		info := failure.GetApplicationFailureInfo()
		places, ok := r.document.Details(info.GetType())
		details := info.GetDetails().GetPayloads()
		if info == nil || !ok {
			continue
		}
		if len(details) != len(places) {
			r.report("%s of %s has %d details, want %d", info.GetType(), name, len(details), len(places))
			continue
		}
		for i, detail := range details {
			if raw, isJSON := jsonOf(detail); isJSON {
				if err := r.document.Validate(places[i], raw); err != nil {
					r.report("detail %d of %s of %s: %v\n%s", i, info.GetType(), name, err, shortened(raw))
				}
			}
		}
		r.count(Kind{failureDetail, withoutCode(info.GetType())})
	}
}

// asked remembers the name of an update that a workflow is asked for.
func (r *Recorder) asked(message *protocolpb.Message) {
	var request updatepb.Request
	if message.GetBody().UnmarshalTo(&request) != nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.updates[message.GetProtocolInstanceId()] = request.GetInput().GetName()
}

func (r *Recorder) updateName(id string) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.updates[id]
}
