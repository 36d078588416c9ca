package starters

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/temporal"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/lro"
)

// Refused is the failure of input that is refused before anything is sent. target is the resource that the
// input names, "" for none.
func Refused(target string, err error) error {
	failure := lro.Invalid(lro.Ref{}, err)
	if target != "" {
		failure.Resources = []string{target}
	}
	return activities.NewError(failure)
}

// failed is the result for an attempt that ended with err: that the start is to be tried again, or
// the failure of the activity.
func (a *attempt[R]) failed(ctx context.Context, err error) (StartOutput, error) {
	if ctx.Err() != nil && a.known == nil {
		return StartOutput{}, ctx.Err()
	}
	attempt := max(activity.GetInfo(ctx).Attempt, int32(min(a.input.Attempt, 100)))
	after := a.delay(err, attempt, rand.Float64())
	again := ctx.Err() != nil || mayPass(err)
	if again && !a.input.AdoptOnly {
		return StartOutput{Again: &StartAgain{
			After: lro.DurationOf(after), Known: a.known, Error: statusOf(err),
		}}, nil
	}
	failure := lro.Failure{
		Type: lro.TypeStartFailed, StartError: statusOf(err), Resources: []string{a.want.Target}, MayRun: a.mayRun(err),
	}
	if (again || a.input.Insist) && !a.core.Retry(ctx, a.input.Deadline, after).NonRetryable {
		return StartOutput{}, activities.NewRetryableError(failure, after)
	}
	return StartOutput{}, activities.NewError(failure)
}

// mayRun reports whether an operation of the caller's may run in spite of the final err.
func (c claim) mayRun(err error) bool {
	othersTarget := lro.Classify(err) == lro.ClassExists // the attempt has found that out
	return (c.known != nil || c.input.AdoptOnly) && !othersTarget
}

// ambiguousDelay is how long a change without a mark waits before it is sent again, if the end of the
// last call is not known. Lists may lag, and a request whose caller has gone may still act.
const ambiguousDelay = 10 * time.Second

// delay is how long the next attempt waits, 0 to leave it to the caller.
func (c claim) delay(err error, attempt int32, random float64) time.Duration {
	after := retryAfter(err, attempt, random)
	if c.known != nil && c.changes && c.known.OperationID == "" {
		after = max(after, ambiguousDelay)
	}
	return after
}

// The delays after a quota error, as java-spanner's ("administrative requests limit
// exceeded"): such a quota is one of requests a minute.
const (
	firstQuotaDelay = 5 * time.Second
	maxQuotaDelay   = time.Minute
)

// retryAfter is the service's advice. After a quota error it is at least 5 s, doubled with each
// attempt up to a minute, and up to 25% more by random, a number from 0 to 1. 0 leaves the delay to
// the activity's retry policy.
func retryAfter(err error, attempt int32, random float64) time.Duration {
	var advice time.Duration
	var failed *lro.Error
	if errors.As(err, &failed) {
		advice = failed.Advice()
	}
	if lro.Classify(err) != lro.ClassQuota {
		return advice
	}
	delay := min(firstQuotaDelay<<min(attempt-1, 4), maxQuotaDelay)
	return max(advice, delay+time.Duration(random*float64(delay)/4))
}

// fromFrontEnd reports whether err is a 401 or 403 without a google.rpc.Status. It is not the API's
// word but a front end's or a proxy's, whose next answer may be another. A refusal of the access token
// is not meant: it is its issuer's word, and final.
func fromFrontEnd(err error) bool {
	var failed *lro.Error
	return errors.As(err, &failed) && failed.NoStatus && !failed.Unsent && lro.Classify(err) == lro.ClassBlocked
}

// mayHaveActed reports whether a start that failed with err may have started something.
func mayHaveActed(err error) bool { return lro.Classify(err).MayHaveActed() || fromFrontEnd(err) }

// mayPass reports whether the request may be answered otherwise later.
func mayPass(err error) bool { return lro.Classify(err).Retryable() || fromFrontEnd(err) }

// statusOf returns err as a Status that fits a payload.
func statusOf(err error) *lro.Status {
	var failed *lro.Error
	if errors.As(err, &failed) {
		return failed.Status.Bound()
	}
	return (&lro.Status{Code: lro.CodeUnknown, Message: err.Error()}).Bound()
}

// ReadFailed is the failure of an attempt that could not read or check something: of [ReadFailedType], and
// retryable if err may pass. text says what could not be done.
func ReadFailed(text string, err error, attempt int32) error {
	return requestFailed(ReadFailedType, text, err, temporal.ApplicationErrorOptions{
		NonRetryable:   !lro.Classify(err).Retryable(),
		NextRetryDelay: retryAfter(err, attempt, rand.Float64()),
	})
}

// requestFailed is the failure of a request about a resource, of one of the types in
// this package, with its Status as details.
func requestFailed(kind, text string, err error, options temporal.ApplicationErrorOptions) error {
	status := statusOf(err)
	options.Details = []any{status}
	return temporal.NewApplicationErrorWithOptions(text+": "+status.String(), kind+"."+status.Code.String(), options)
}
