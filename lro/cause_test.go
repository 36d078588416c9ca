package lro_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.temporal.io/sdk/temporal"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/lro"
)

func TestCauseOf(t *testing.T) {
	t.Parallel()
	status := failed
	tests := map[string]struct {
		reason string
		err    error
		want   *lro.Cause
	}{
		"none":     {"nothing was wrong", nil, nil},
		"plain":    {"any error has a text, on one line", errors.New("a\nb"), &lro.Cause{Message: "a b"}},
		"typed":    {"the user's own type is kept", temporal.NewApplicationError("no", "Mine"), &lro.Cause{Type: "Mine", Message: "no (type: Mine, retryable: true)"}},
		"failure":  {"a failure brings its status and its operation", fmt.Errorf("step: %w", activities.NewError(lro.Failure{Type: lro.TypeOperationFailed, Outcome: failedOutcome()})), &lro.Cause{Type: "OperationFailed.FAILED_PRECONDITION", Message: "operation " + ref.String() + " failed: FAILED_PRECONDITION: Found uniqueness violation on index ByName", Operation: ref.String(), Status: &status}},
		"canceled": {"a cancel is said to be one, as data", temporal.NewCanceledError(running()), &lro.Cause{Message: "canceled", Canceled: true, Operation: ref.String()}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, lro.CauseOf(tt.err)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tt.reason, diff)
			}
		})
	}
}
