package workflows

import (
	"strings"
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/internal/telemetry"
	"github.com/awaitop/awaitop/lro"
)

// ended holds the labels and values of the metrics of a wait that has ended.
type ended struct {
	service, kind string
	outcome       string // of the whole wait
	metadataType  string
	took          time.Duration
	cancellations map[lro.Cancellation]int
}

// measure records the metrics. The service's label is bounded, because an input may name
// any service.
func (e ended) measure(ctx workflow.Context) {
	metrics := workflow.GetMetricsHandler(ctx).WithTags(map[string]string{"gcp_service": telemetry.ServiceLabel(e.service), "awaitop_kind": e.kind})
	metrics.WithTags(map[string]string{"awaitop_outcome": e.outcome, "gcp_longrunning_metadata_type": e.metadataType}).
		Timer(WaitDurationMetric).Record(e.took)
	for _, cancellation := range workflow.DeterministicKeys(e.cancellations) {
		metrics.WithTags(map[string]string{"awaitop_outcome": string(cancellation)}).
			Counter(CancelOutcomesMetric).Inc(int64(e.cancellations[cancellation]))
	}
}

// measure records the metrics of a wait that has ended. reason says why, if the operation
// has not ended.
func (w *wait) measure(ctx workflow.Context, reason string) {
	e := ended{
		service: w.in.Ref.Service, kind: "single", outcome: reason,
		took: w.outcome.Duration(),
	}
	if w.read { // the caller may have passed in metadata of any type
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

// measure records the metrics of a wait for a set, which has ended with err.
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

// reasonOf is a failure's type as a label of metrics.
func reasonOf(failure lro.FailureType) string {
	switch failure {
	case lro.TypeOperationFailed:
		return "failed"
	case lro.TypeOperationCanceled:
		return "canceled"
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
