package nexusservice

import (
	"context"
	"errors"
	"testing"

	"github.com/nexus-rpc/sdk-go/nexus"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"github.com/awaitop/awaitop/lro"
)

// Why no wait has taken an update is final, unless it is an error of the Temporal server: the SDK knows that by its own
// type, and the server calls again.
func TestUnsteered(t *testing.T) {
	t.Parallel()
	late := serviceerror.NewDeadlineExceeded("context deadline exceeded")
	denied, invalid := serviceerror.NewPermissionDenied("no", ""), serviceerror.NewInvalidArgument("too long")
	tests := map[string]struct {
		reason string
		errs   []error // of the waits, nil for one that has nothing to say
		want   string  // the type of the failure, "" for an error that stays as it is
	}{
		"refused":          {"the wait's word", []error{temporal.NewApplicationError("no", "InvalidInput")}, string(lro.TypeInvalidInput)},
		"gone":             {"it has ended meanwhile", []error{serviceerror.NewNotFound("gone")}, string(lro.TypeWaitNotFound)},
		"late update":      {"no worker has taken it", []error{client.NewWorkflowUpdateServiceTimeoutOrCanceledError(context.DeadlineExceeded)}, NotTakenType},
		"late query":       {"the server's word for a query that no worker answers", []error{late}, NotTakenType},
		"time is over":     {"the request's own", []error{context.DeadlineExceeded}, NotTakenType},
		"one of the waits": {"the others are as late", []error{late, late}, NotTakenType},
		"server's error":   {"it is no wait's", []error{denied}, ""},
		"beside none":      {"an error within another is not known by its type", []error{nil, invalid, nil}, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := Target{WorkflowID: "w"}.unsteered(tt.errs...)
			var final *nexus.OperationError
			var failure *temporal.ApplicationError
			switch {
			case tt.want == "":
				if _, isServers := err.(serviceerror.ServiceError); !isServers {
					t.Errorf("%s: it is %T, %v", tt.reason, err, err)
				}
			case !errors.As(err, &final) || !errors.As(final.Cause, &failure) || failure.Type() != tt.want:
				t.Errorf("%s: it is %v, want %s", tt.reason, err, tt.want)
			}
		})
	}
}
