package workflows

import (
	"strings"
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/poller"
)

// Metrics of waits, made through the SDK's handler: that counts once what a workflow
// does, however often it is replayed. They are named as OpenTelemetry's in package
// activities are for Prometheus.
const (
	// WaitDurationMetric is a timer, from a wait's beginning to its end, by how it
	// ended.
	WaitDurationMetric = "awaitop_wait_duration"
	// CancelOutcomesMetric counts the operations that were sent a cancel, or would have
	// been, by what became of it.
	CancelOutcomesMetric = "awaitop_cancel_outcomes"
)

// ended is what is measured of a wait that has ended.
type ended struct {
	service, kind string
	outcome       string // of all
	metadataType  string
	took          time.Duration
	cancellations map[lro.Cancellation]int
}

// measure measures it. An input may name any service, and none here knows which are served.
func (e ended) measure(ctx workflow.Context) {
	metrics := workflow.GetMetricsHandler(ctx).WithTags(map[string]string{"gcp_service": poller.ServiceLabel(e.service), "awaitop_kind": e.kind})
	metrics.WithTags(map[string]string{"awaitop_outcome": e.outcome, "gcp_longrunning_metadata_type": e.metadataType}).
		Timer(WaitDurationMetric).Record(e.took)
	for _, cancellation := range workflow.DeterministicKeys(e.cancellations) {
		metrics.WithTags(map[string]string{"awaitop_outcome": string(cancellation)}).
			Counter(CancelOutcomesMetric).Inc(int64(e.cancellations[cancellation]))
	}
}

// measure measures the wait, which has ended: with its operation, or else for a
// reason.
func (w *wait) measure(ctx workflow.Context, reason string) {
	e := ended{
		service: w.in.Ref.Service, kind: "single", outcome: reason,
		took: w.outcome.Duration(),
	}
	if w.read { // an input may hold metadata of any type
		e.metadataType = lro.TypeOf(w.outcome.Operation.Metadata)
	}
	if w.outcome.Operation.Done {
		e.outcome = string(w.outcome.State())
	}
	if w.outcome.Cancellation != "" {
		e.cancellations = map[lro.Cancellation]int{w.outcome.Cancellation: 1}
	}
	e.measure(ctx)
}

// measure measures the wait for the set, which has ended with err.
func (w *setWait) measure(ctx workflow.Context, err error) {
	e := ended{
		service: w.outcome.Operations[0].Ref.Service, kind: "set", outcome: "succeeded",
		took: workflow.Now(ctx).Sub(w.outcome.StartTime), cancellations: map[lro.Cancellation]int{},
	}
	if failure, failed := lro.AsFailure(err); failed {
		e.outcome = reasonOf(failure.Type)
	} else if err != nil {
		e.outcome = "canceled"
	}
	for _, result := range w.outcome.Operations {
		if result.Cancellation != "" {
			e.cancellations[result.Cancellation]++
		}
	}
	e.measure(ctx)
}

// reasonOf is a failure's type as metrics have it.
func reasonOf(failure lro.FailureType) string {
	switch failure {
	case lro.TypeOperationFailed:
		return "failed"
	case lro.TypeAwaitTimeout:
		return "timed_out"
	case lro.TypeOperationGone:
		return "gone"
	case lro.TypePollFailed:
		return "poll_failed"
	case lro.TypeProtocolError:
		return "protocol_error"
	case lro.TypeInvalidInput:
		return "invalid_input"
	default:
		return strings.ToLower(string(failure))
	}
}
