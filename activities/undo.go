package activities

import (
	"context"
	"errors"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	"go.temporal.io/sdk/activity"

	"github.com/awaitop/awaitop/activities/undos"
	"github.com/awaitop/awaitop/internal/telemetry"
	"github.com/awaitop/awaitop/lro"
)

// Undoing notes an attempt at an undo: it heartbeats the record, unless an earlier attempt has, so that a
// describe of the workflow shows what is undone. Call tried with the attempt's error: it counts the attempt.
// A nil record says that the activity undoes nothing. Then Undoing and tried do nothing.
func (a *Activities) Undoing(ctx context.Context, service string, undo *undos.Record) (tried func(error)) {
	if undo != nil && !activity.HasHeartbeatDetails(ctx) {
		activity.RecordHeartbeat(ctx, undos.Heartbeat{Undo: undo})
	}
	return func(err error) { a.countUndo(ctx, service, undo, err) }
}

// countUndo counts an attempt at an undo, unless it was interrupted.
func (a *Activities) countUndo(ctx context.Context, service string, undo *undos.Record, err error) {
	if undo == nil || ctx.Err() != nil {
		return
	}
	a.instruments.undos.Add(ctx, 1, metric.WithAttributes(telemetry.ServiceKey.String(a.poller.Label(service)), undoResult(err)))
}

// undoResult is the result of an attempt at an undo in metrics: "done", "running", or the error's code.
func undoResult(err error) attribute.KeyValue {
	switch {
	case err == nil:
		return resultKey.String(resultDone)
	case errors.Is(err, undos.ErrRunning):
		return resultKey.String(resultRunning)
	default:
		return resultKey.String(lro.StatusOf(err).Code.String())
	}
}
