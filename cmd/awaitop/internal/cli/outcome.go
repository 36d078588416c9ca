package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/awaitop/awaitop/control"
	"github.com/awaitop/awaitop/lro"
)

// ended reports how the wait ended. Its error has the exit status.
func (a *awaiting) ended(ref lro.Ref, end waitEnd) error {
	if end.outcome.Ref.IsZero() { // the workflow did not end by itself
		end.outcome.Ref = ref
	}
	status := statusFor(end.err, end.outcome)
	switch {
	case a.output == "json":
		last := event{Event: "ended", Outcome: &end.outcome, Failure: control.FailureOf(end.err), CanceledBy: end.earlier}
		if err := a.json(last); err != nil || status == ExitOK {
			return err
		}
		return exitError{status: status}
	case end.err == nil:
		return a.succeeded(end.outcome)
	}
	if failure, ok := lro.AsFailure(end.err); ok && failure.Type == lro.TypeInvalidInput {
		a.say("%s", refusedText(end.outcome.Ref, failure.Message()))
	}
	return exitError{status, errors.New(endText(ref, end, status))}
}

// refusedText says what to do if the worker refuses an operation with a message. If the service is unknown to the
// worker, the message names those that it serves.
func refusedText(ref lro.Ref, message string) string {
	if !strings.Contains(message, "ref.service:") {
		return "the worker refused the operation: see allowedPrefixes in its configuration"
	}
	hosts := strings.FieldsFunc(message, func(r rune) bool { return strings.ContainsRune(` ,;:"`, r) })
	hosts = slices.DeleteFunc(hosts, func(host string) bool { return host == ref.Service || !strings.Contains(host, ".") })
	if service := nearest(ref.Service, hosts); service != "" {
		return fmt.Sprintf("did you mean //%s/%s?", service, ref.Name)
	}
	return fmt.Sprintf("the worker does not serve %s: see services in its configuration", ref.Service)
}

func (a *awaiting) succeeded(o lro.Outcome) error {
	text := "succeeded after " + short(o.Duration())
	if o.Cancellation != "" {
		text += fmt.Sprintf(", in spite of the cancel (%s)", o.Cancellation)
	}
	a.say("%s", text)
	if len(o.Operation.Response) == 0 {
		return nil
	}
	return a.print(document(o.Operation.Response))
}

// endText says how a wait ended in an error.
func endText(ref lro.Ref, end waitEnd, status int) string {
	switch {
	case isCanceled(end.err):
		return fmt.Sprintf("%s: %s", ref, cancellationText(end.outcome))
	case status == ExitCanceled:
		return fmt.Sprintf("%s: %s", ref, canceledByText(end.earlier, end.outcome.Operation.Error))
	default:
		return control.FailureOf(end.err).Message
	}
}

// cancellationText says what became of the operation of a canceled wait.
func cancellationText(o lro.Outcome) string {
	failed := o.Cancellation == lro.CancellationUndelivered || o.Cancellation == lro.CancellationUnsupported
	if failed && o.State() == lro.StateCanceled {
		return fmt.Sprintf("the operation was canceled, and not by this wait, whose cancel was %s%s", o.Cancellation, because(o.CancelStatus))
	}
	switch o.Cancellation {
	case lro.CancellationAbandoned:
		return "the wait was abandoned, and the operation left running"
	case lro.CancellationCanceled:
		return "the operation was canceled"
	case lro.CancellationUnsupported:
		return "the service cannot cancel the operation, which still ran when the wait ended (unsupported)"
	case lro.CancellationUndelivered:
		return fmt.Sprintf("the service refused the cancel or did not get it, and the operation still ran when the wait ended (undelivered%s)", because(o.CancelStatus))
	case lro.CancellationUnconfirmed:
		return "the cancel was sent or may have been sent, and the operation still ran when the wait ended (unconfirmed)"
	default:
		return fmt.Sprintf("the wait was canceled (%s)", o.Cancellation)
	}
}

func because(status *lro.Status) string {
	if status == nil {
		return ""
	}
	return ": " + status.String()
}
