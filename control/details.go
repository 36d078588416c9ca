package control

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	sdkpb "go.temporal.io/api/sdk/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
)

// metadataQuery is the query that each workflow of Temporal's SDKs answers with its current details.
const metadataQuery = "__temporal_workflow_metadata"

// addDetails adds the current details of a workflow that is no AwaitOperation, as its worker tells them. A workflow
// whose task no worker takes would not answer, and one that has completed has nothing to tell.
func (s *Status) addDetails(ctx context.Context, c client.Client, options Options) error {
	if options.WithoutQuery || s.stuck() || s.silentRun() || !s.Running() && !s.endedBadly() {
		return nil
	}
	if err := options.wait(ctx); err != nil {
		return err
	}
	bounded, cancel := context.WithTimeout(ctx, queryTimeout)
	defer cancel()
	var metadata sdkpb.WorkflowMetadata
	value, err := c.QueryWorkflow(bounded, s.WorkflowID, s.RunID, metadataQuery)
	if err == nil {
		err = value.Get(&metadata)
	}
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case isLateQuery(bounded, err):
		s.Unanswered = unanswered(s.TaskQueue)
	case err == nil:
		s.Details = metadata.GetCurrentDetails()
	case !hasNoDetails(err):
		s.Unanswered = err.Error()
	}
	return nil
}

// hasNoDetails reports whether a query failed because there is nothing to tell: the workflow's SDK does not know the
// query, or no worker has run the workflow yet. Else its code does not replay, or its details are no text.
func hasNoDetails(err error) bool {
	var failed *serviceerror.QueryFailed
	var early *serviceerror.WorkflowNotReady
	return errors.As(err, &early) || errors.As(err, &failed) && strings.Contains(failed.Error(), metadataQuery)
}

// stuck reports whether the workflow's task has waited for a worker so long that a query would not be answered either.
func (s *Status) stuck() bool {
	return s.Running() && !s.WorkerAwaitedSince.IsZero() && time.Since(s.WorkerAwaitedSince) > queryTimeout
}

// isLateQuery reports whether a query failed because no worker took it in time. The server may give up a moment before
// the query's ctx is done.
func isLateQuery(ctx context.Context, err error) bool {
	var late *serviceerror.DeadlineExceeded
	return err != nil && (ctx.Err() != nil || errors.Is(err, context.DeadlineExceeded) || errors.As(err, &late))
}

// unanswered says that no worker has answered a query.
func unanswered(taskQueue string) string {
	return fmt.Sprintf("no worker on task queue %q takes the query", taskQueue)
}
