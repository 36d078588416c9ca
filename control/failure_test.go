package control

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.temporal.io/sdk/temporal"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/lro"
)

func TestFailureOf(t *testing.T) {
	t.Parallel()
	ref := lro.Ref{Service: lro.SpannerService, Name: "projects/p/operations/o"}
	gone := lro.Failure{Type: lro.TypeOperationGone, Outcome: lro.Outcome{Ref: ref}}
	tests := map[string]struct {
		reason string
		err    error
		want   *Failure
	}{
		"none":     {"it succeeded", nil, nil},
		"typed":    {"awaitop's own, without what the SDK puts around it", activities.NewError(gone), &Failure{Type: "OperationGone", Code: "NOT_FOUND", Message: "operation " + ref.String() + " is gone: the service answers NOT_FOUND"}},
		"canceled": {"the outcome tells more", temporal.NewCanceledError(), &Failure{Type: "Canceled", Code: "CANCELLED", Message: "the wait was canceled"}},
		"another":  {"as it is", errors.New("no way"), &Failure{Code: "UNKNOWN", Message: "no way"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, FailureOf(tt.err)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tt.reason, diff)
			}
		})
	}
}
