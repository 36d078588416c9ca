package control

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	workflowpb "go.temporal.io/api/workflow/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"

	"github.com/awaitop/awaitop/lro"
)

// onlyThisRun gets the result of a run. The next run, such as a retry's, is not followed: it may take for ever.
var onlyThisRun = client.WorkflowRunGetOptions{DisableFollowingRuns: true}

// addEnd adds how the run of a workflow that is no AwaitOperation has ended.
func (s *Status) addEnd(ctx context.Context, c client.Client, options Options) error {
	if s.State == stateCompleted && !options.WithoutQuery {
		return s.addResult(ctx, c, options)
	}
	return s.addFailure(ctx, c, options)
}

// addResult adds the result of a completed workflow. Result stays nil if the workflow has none, or none that is JSON.
func (s *Status) addResult(ctx context.Context, c client.Client, options Options) error {
	if err := options.wait(ctx); err != nil {
		return err
	}
	events := c.GetWorkflowHistory(ctx, s.WorkflowID, s.RunID, false, enumspb.HISTORY_EVENT_FILTER_TYPE_CLOSE_EVENT)
	if !events.HasNext() {
		return nil
	}
	event, err := events.Next()
	if err != nil {
		return err
	}
	s.Result = resultOf(event.GetWorkflowExecutionCompletedEventAttributes().GetResult(), options.converter())
	return ctx.Err() // a converter may have waited for a codec server
}

// resultOf is a result as JSON, nil if it does not decode or is no JSON.
func resultOf(result *commonpb.Payloads, decode converter.DataConverter) json.RawMessage {
	var raw converter.RawValue
	if len(result.GetPayloads()) == 0 || decode.FromPayload(result.GetPayloads()[0], &raw) != nil {
		return nil
	}
	if data := raw.Payload().GetData(); json.Valid(data) {
		return data
	}
	return nil
}

// addFailure adds why the run of a workflow that is no AwaitOperation has ended without a success.
func (s *Status) addFailure(ctx context.Context, c client.Client, options Options) error {
	if !s.endedBadly() {
		return nil
	}
	if err := options.wait(ctx); err != nil {
		return err
	}
	err := c.GetWorkflow(ctx, s.WorkflowID, s.RunID).GetWithOptions(ctx, nil, onlyThisRun)
	var failed *temporal.WorkflowExecutionError
	if !errors.As(err, &failed) {
		return err
	}
	s.Err, s.Failure = err, failureOfWorkflow(s.State, err)
	if err := s.addReason(ctx, c, options); err != nil {
		return err
	}
	if outcome, ok := lro.OutcomeOf(err); ok && !outcome.Ref.IsZero() && s.Failure.Type != string(lro.TypeCompensationFailed) {
		s.Outcome = &outcome
	}
	return nil
}

// addReason adds who terminated a workflow, and why. The SDK's error does not tell. If the server does not either, the
// failure stays as it is. The error is that of the limit.
func (s *Status) addReason(ctx context.Context, c client.Client, options Options) error {
	if s.State != stateTerminated {
		return nil
	}
	if err := options.wait(ctx); err != nil {
		return err
	}
	events := c.GetWorkflowHistory(ctx, s.WorkflowID, s.RunID, false, enumspb.HISTORY_EVENT_FILTER_TYPE_CLOSE_EVENT)
	if !events.HasNext() {
		return nil
	}
	event, err := events.Next()
	if by := event.GetWorkflowExecutionTerminatedEventAttributes(); err == nil && by != nil {
		s.Failure.Message += fmt.Sprintf("; by %q, reason: %q", by.GetIdentity(), by.GetReason())
	}
	return nil
}

// addRunBefore adds why the run before failed, if Temporal tries the workflow again.
func (s *Status) addRunBefore(ctx context.Context, c client.Client, info *workflowpb.WorkflowExecutionInfo, options Options) error {
	if options.WithoutQuery || info.GetFirstRunId() == "" || info.GetFirstRunId() == s.RunID {
		return nil
	}
	if err := options.wait(ctx); err != nil {
		return err
	}
	events := c.GetWorkflowHistory(ctx, s.WorkflowID, s.RunID, false, enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	if !events.HasNext() {
		return nil
	}
	event, err := events.Next()
	if err != nil {
		return err
	}
	if started := event.GetWorkflowExecutionStartedEventAttributes(); started.GetContinuedFailure() != nil {
		s.Attempt, s.RunBefore = int(started.GetAttempt()), &Failure{}
		before := errorOf(started.GetContinuedFailure(), options.converter())
		s.RunBefore.Code = lro.CodeOf(before).String()
		s.RunBefore.takeError(before)
	}
	return nil
}
