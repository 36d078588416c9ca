package starters

import (
	"context"

	"go.temporal.io/sdk/activity"

	"github.com/awaitop/awaitop/activities/undos"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/poller"
)

// sentDelete is the delete that an earlier attempt has recorded, nil for none.
func sentDelete(ctx context.Context) *undos.Deleting {
	var beat undos.Heartbeat
	if !activity.HasHeartbeatDetails(ctx) || activity.GetHeartbeatDetails(ctx, &beat) != nil {
		return nil
	}
	return beat.Deleting
}

// record heartbeats a delete for later attempts, nil for none. The SDK sends it before the attempt's failure.
func (r removal) record(ctx context.Context, deleting *undos.Deleting) {
	activity.RecordHeartbeat(ctx, undos.Heartbeat{Undo: r.in.Undo, Deleting: deleting})
}

// deleteError is why the operation of a delete has not deleted the target. It is nil if it has, and
// if the delete is no operation. It records an operation that runs.
func (r removal) deleteError(ctx context.Context, op lro.Operation) error {
	switch {
	case op.Error != nil:
		return &lro.Error{Method: "Delete", Status: *op.Error}
	case !op.Done && op.Name != "":
		r.record(ctx, undos.NewDeleting(op.Name))
		return runningError(op.Name + " is still running")
	default:
		return nil
	}
}

// deleting says that a delete of the caller's target runs, and records that. A second one would be refused.
func (r removal) deleting(ctx context.Context) error {
	if r.sent == nil {
		r.record(ctx, undos.NewDeleting(""))
	}
	return runningError(r.in.Target + " is still being deleted")
}

// runningError is the error of an attempt whose delete is under way.
func runningError(message string) error {
	return &lro.Error{Method: "Delete", Status: lro.Status{Code: lro.CodeUnavailable, Message: message}, Cause: undos.ErrRunning}
}

// deleteEnded reads the operation of the delete that an earlier attempt has sent, and reports whether it has
// deleted the target. The error is that of the operation, which the next attempt forgets, or says that it
// runs or cannot be read for now. Without an error it reports false if the operation tells nothing: its
// name is not known, its record is gone or cannot be read for good, or it did not find the target.
func (r removal) deleteEnded(ctx context.Context) (bool, error) {
	if r.sent.Operation == "" {
		return false, nil
	}
	op, err := r.poller.At(poller.PriorityStart).GetOperation(ctx, lro.Ref{Service: r.Service, Name: r.sent.Operation})
	switch {
	case err != nil && mayPass(err):
		return false, err
	case err != nil:
		return false, nil
	case op.Error != nil && op.Error.Code == lro.CodeNotFound:
		return false, nil
	case op.Error != nil:
		r.record(ctx, nil)
		return false, &lro.Error{Method: "Delete", Status: *op.Error}
	case !op.Done:
		return false, runningError(r.sent.Operation + " is still running")
	default:
		return true, nil
	}
}
