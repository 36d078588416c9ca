package activities

import (
	"context"
	"time"

	"github.com/awaitop/awaitop/activities/internal/hold"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/poller"
)

// PollInput is the input of PollOperation. All that a later attempt needs is in
// it, so that an attempt may die at any instruction.
type PollInput struct {
	Ref lro.Ref `json:"ref"`
	// Policy is the poll policy, resolved: zero fields are its defaults. While
	// InitialInterval is zero the operation's method may ask for a longer first
	// delay, see lro.FirstDelay.
	Policy lro.PollPolicy `json:"policy"`
	// StartTime is when the schedule begins. It is required.
	StartTime time.Time `json:"startTime"`
	// Deadline is when to stop and say so; zero for none. The last read is made
	// just before it.
	Deadline time.Time `json:"deadline,omitzero"`
	// Seen says that the service has returned this operation before: the service's
	// own 404 is then final, and a 401, a 403 and a reply without a google.rpc.Status
	// are not.
	Seen bool `json:"seen,omitempty"`
	// Resumed says that this goes on with an earlier wait. A 401, a 403 and a reply
	// without a google.rpc.Status are then not final either.
	Resumed bool `json:"resumed,omitempty"`
	// AuthGrace is for how long reads may be refused with 401 or 403 before the
	// wait fails. 0 means not at all.
	AuthGrace lro.Duration `json:"authGrace,omitzero"`
	// NotFoundGrace is for how long after StartTime a 404 of an operation never
	// seen, or a 4xx without a google.rpc.Status, is retried. 0 means not at all.
	NotFoundGrace lro.Duration `json:"notFoundGrace,omitzero"`
	// Observed is what the operation looked like at StartTime, where that is
	// known, as from the reply to its start. The first read is not made at once
	// then, but when that lets expect news.
	Observed *poller.Observation `json:"observed,omitempty"`
	// ObservedTime is when Observed was, where that was later than StartTime. The
	// first read is then made when the next one would have been.
	ObservedTime time.Time `json:"observedTime,omitzero"`
	// ReportTime is when to return a running operation, at the first read from then
	// on: whoever awaits it wants to know how far it is. Zero for never.
	ReportTime time.Time `json:"reportTime,omitzero"`
	// EarlierPolls is how many reads the wait had made before. They are shown, and not
	// in the output.
	EarlierPolls int `json:"earlierPolls,omitempty"`
	// Canceling says that the operation has been sent a cancel. It is shown, and
	// changes nothing.
	Canceling bool `json:"canceling,omitempty"`
	// Supersedes says that the workflow has canceled an earlier poll of the operation. A
	// worker that has both knows of that whether the operation was seen, and has it
	// heartbeat, by which it ends; one held in an activity slot ends with the next
	// heartbeat that the SDK sends.
	Supersedes bool `json:"supersedes,omitempty"`

	invalid error
}

// PollOutput is the result of PollOperation.
type PollOutput struct {
	// Operation is terminal, or as last seen if Expired or at ReportTime. It fits a
	// payload.
	Operation lro.Operation `json:"operation"`
	// ResponseTooLarge is true if the operation succeeded and its response was
	// dropped because it does not fit a payload.
	ResponseTooLarge bool `json:"responseTooLarge,omitempty"`
	// Expired is true if the deadline came first.
	Expired bool `json:"expired,omitempty"`
	// LastError is why the last read failed, of an Expired poll; nil if it did not.
	LastError *lro.Status `json:"lastError,omitempty"`
	// Polls is how many reads were made, of dead workers perhaps fewer.
	Polls int `json:"polls"`
	// Seen, StartTime and Policy are the input's, Seen brought up to date.
	Seen      bool           `json:"seen"`
	StartTime time.Time      `json:"startTime"`
	Policy    lro.PollPolicy `json:"policy"`
}

// UnmarshalJSON never fails, see [OperationInput.UnmarshalJSON].
func (in *PollInput) UnmarshalJSON(raw []byte) error {
	type plain PollInput
	_, in.invalid = lro.DecodeLenient("", raw, (*plain)(in))
	return nil
}

func (in PollInput) validate() error {
	if in.invalid != nil {
		return in.invalid
	}
	if in.StartTime.IsZero() {
		return &lro.InvalidError{Field: "startTime", Want: "the time the wait began, in RFC 3339"}
	}
	if err := validateGrace("authGrace", in.AuthGrace); err != nil {
		return err
	}
	if err := validateGrace("notFoundGrace", in.NotFoundGrace); err != nil {
		return err
	}
	if err := in.Policy.Validate(); err != nil {
		return err
	}
	if err := in.Observed.Validate(); err != nil {
		return err
	}
	if err := lro.ValidatePolls("earlierPolls", in.EarlierPolls); err != nil {
		return err
	}
	return in.Ref.Validate()
}

// validateGrace refuses what is no duration, or none to add to a time.
func validateGrace(field string, grace lro.Duration) error {
	d, err := grace.In(field)
	if err != nil {
		return err
	}
	return lro.ValidateDuration(field, d, "no grace")
}

// PollOperation reads an operation until it is terminal or the deadline comes, or
// it is time to report: at once, or after [Schedule.FirstBackOff] where the input
// has an observation.
//
// While the interval is below the policy's YieldInterval, it sleeps between reads:
// without an activity slot, its activity being completed asynchronously, if there
// are fewer than [Options.MaxAsync] of those; else in its slot, if there are fewer
// than [Options.MaxHeld] of these. Otherwise, and when its worker stops or
// the activity is paused or reset, it hands the wait back to the Temporal server as a
// retryable, benign failure of type [YieldType] whose NextRetryDelay is the interval.
// None of it adds history events under a retry policy without an attempt limit.
//
// That an operation failed is data, and so is an expired deadline. The failures,
// not retryable, are those of awaiting: lro.TypePollFailed, lro.TypeOperationGone,
// lro.TypeProtocolError and lro.TypeInvalidInput. Transient errors are retried
// until the deadline, however many, and not before the service's advice, up to
// [MaxRetryAfter]. While the budget does not suffice and the queue for it is full, too,
// it hands the wait back until the next read would be due, but for the last one.
//
// It heartbeats a [Heartbeat]; give it a HeartbeatTimeout. StartToCloseTimeout
// bounds one attempt; a held poll hands over at three quarters of it. A canceled
// activity returns its context's error.
func (a *Activities) PollOperation(ctx context.Context, in PollInput) (_ PollOutput, err error) {
	if err := in.validate(); err != nil {
		return PollOutput{}, NewError(lro.Invalid(in.Ref, err))
	}
	w := a.newSingle(ctx, &in)
	if w.attempt.Detached() {
		return PollOutput{}, w.attempt.Detach(w.heart, func() (any, error) { return w.poll() }, w.close)
	}
	defer func() { w.close(err) }()
	out, err := w.poll()
	return hold.Report(w.attempt, w.heart, out, err)
}
