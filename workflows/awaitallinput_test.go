package workflows

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/awaitop/awaitop/lro"
)

// The result of the most operations that an AwaitOperations takes fits a payload, whatever the
// service has said of their cancels.
func TestAllOutcomeFits(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 1, 2, 3, 4, 5, 123456789, time.UTC)
	outcome := AllOutcome{Polls: 1 << 40, StartTime: at, EndTime: at}
	var in AwaitAllInput
	refused := &lro.Status{Code: lro.CodeUnimplemented, Message: strings.Repeat("no ", 100)}
	for i := 0; in.Validate() == nil; i += 100 {
		for j := range 100 {
			ref := lro.Ref{Service: lro.SpannerService, Name: fmt.Sprintf("projects/p/instances/i/operations/o%06d", i+j)}
			in.Refs = append(in.Refs, ref)
			outcome.Operations = append(outcome.Operations, SetResult{Ref: ref, State: lro.StateSucceeded, Cancellation: lro.CancellationUnsupported, CancelStatus: refused})
		}
	}
	outcome.bound()
	if size := lro.EncodedSize(outcome); size > lro.MaxEncodedSize || size < lro.MaxEncodedSize*9/10 {
		t.Errorf("the result of %d operations takes %d bytes, want just below %d", len(in.Refs), size, lro.MaxEncodedSize)
	}
	few := AllOutcome{Operations: outcome.Operations[:1]}
	few.Operations[0].CancelStatus = refused
	few.bound()
	if few.Operations[0].CancelStatus == nil {
		t.Error("a small result has lost why a cancel was refused")
	}
}
