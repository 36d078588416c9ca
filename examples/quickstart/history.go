package main

import (
	"context"
	"fmt"
	"time"

	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/history/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"
)

// printHistory prints what Temporal keeps of a run: the events that the workflow is replayed from after a crash. Reads of
// an operation add none.
func (q *quickstart) printHistory(ctx context.Context, run client.WorkflowRun) error {
	var events []*history.HistoryEvent
	iterator := q.temporal.GetWorkflowHistory(ctx, run.GetID(), run.GetRunID(), false, enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	for iterator.HasNext() {
		event, err := iterator.Next()
		if err != nil {
			return fmt.Errorf("read the history of %s: %w", run.GetID(), err)
		}
		events = append(events, event)
	}
	q.title(fmt.Sprintf("The history of the first run: %d events, however long its operations take", len(events)))
	for _, event := range events {
		q.out.Line("%s", eventLine(event, events[0].GetEventTime().AsTime()))
	}
	return nil
}

// eventLine is an event with the time since the run began, and the activity that it schedules.
func eventLine(event *history.HistoryEvent, began time.Time) string {
	line := fmt.Sprintf("%4d %6.1f s  %s", event.GetEventId(), event.GetEventTime().AsTime().Sub(began).Seconds(), event.GetEventType())
	scheduled := event.GetActivityTaskScheduledEventAttributes()
	if scheduled == nil {
		return line
	}
	var summary string
	_ = converter.GetDefaultDataConverter().FromPayload(event.GetUserMetadata().GetSummary(), &summary) // there may be none
	return fmt.Sprintf("%s  %s: %s", line, scheduled.GetActivityType().GetName(), summary)
}
