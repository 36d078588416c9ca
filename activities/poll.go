package activities

import (
	"context"
	"time"

	"github.com/awaitop/awaitop/activities/internal/hold"
	"github.com/awaitop/awaitop/activities/undos"
	"github.com/awaitop/awaitop/internal/polls"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/poller"
)

// PollInput is the input of PollOperation. It has everything that a later attempt needs, so that an
// attempt may die at any instruction.
type PollInput struct {
	Ref lro.Ref `json:"ref"`
	// Policy is the poll policy. Zero fields are its defaults. While InitialInterval is zero, the
	// operation's method may have a longer first delay, see [poller.Observation].
	Policy lro.PollPolicy `json:"policy"`
	// StartTime is when the schedule begins. It is required.
	StartTime time.Time `json:"startTime"`
	// Deadline is when to stop and return as Expired, zero for none. The last read is made just
	// before it.
	Deadline time.Time `json:"deadline,omitzero"`
	// Seen says that the service has returned this operation before. Then the service's own 404 is
	// final, and a 401, a 403 and a reply without a google.rpc.Status are not.
	Seen bool `json:"seen,omitempty"`
	// Resumed says that this poll goes on with an earlier wait. Then a 401, a 403 and a reply
	// without a google.rpc.Status are not final either.
	Resumed bool `json:"resumed,omitempty"`
	// AuthGrace is how long reads in a row may be refused with 401 or 403 before the wait fails. Any
	// other answer, such as a 503, starts it afresh. 0 means not at all.
	AuthGrace lro.Duration `json:"authGrace,omitzero"`
	// NotFoundGrace is how long after StartTime a 404 for an operation that was never seen, or a
	// 4xx without a google.rpc.Status, is retried. 0 means not at all.
	NotFoundGrace lro.Duration `json:"notFoundGrace,omitzero"`
	// Observed is the observation of the operation at StartTime, if there is one, for example by
	// the reply to its start. Then the first read is not made at once, but when the observation
	// lets expect news.
	Observed *poller.Observation `json:"observed,omitempty"`
	// ObservedTime is the time of Observed if it was later than StartTime. The first read is then
	// made when the next one would have been.
	ObservedTime time.Time `json:"observedTime,omitzero"`
	// ReportTime is when to return a running operation, at the first read from then on, because the
	// caller wants to know its progress. Zero for never.
	ReportTime time.Time `json:"reportTime,omitzero"`
	// EarlierPolls counts the reads that the wait made before. They are shown, and not in the
	// output.
	EarlierPolls int `json:"earlierPolls,omitempty"`
	// Canceling says that the operation was sent a cancel. It is shown, and changes nothing.
	Canceling bool `json:"canceling,omitempty"`
	// Step names the step that has started the operation, "" for none. It is shown, and changes
	// nothing.
	Step string `json:"step,omitempty"`
	// Supersedes says that the workflow has canceled an earlier poll of the operation. A worker
	// that holds both learns from the earlier one whether the operation was seen, and makes it
	// heartbeat, which ends it. A poll in an activity slot ends with the next heartbeat that the
	// SDK sends.
	Supersedes bool `json:"supersedes,omitempty"`
	// Undo says what is undone while the operation is awaited, nil if nothing is. It is shown, and changes
	// nothing.
	Undo *undos.Record `json:"undo,omitempty"`

	invalid error
}

// PollOutput is the result of PollOperation.
type PollOutput struct {
	// Operation is terminal or, if Expired or at ReportTime, as it was last seen. It fits a
	// payload.
	Operation lro.Operation `json:"operation"`
	// ResponseTooLarge is true if the operation succeeded and its response was
	// dropped because it does not fit a payload.
	ResponseTooLarge bool `json:"responseTooLarge,omitempty"`
	// Expired is true if the deadline came first.
	Expired bool `json:"expired,omitempty"`
	// LastError is why the last read of an Expired poll failed, nil if it did not.
	LastError *lro.Status `json:"lastError,omitempty"`
	// Polls counts the reads that were made. Those of dead workers may be missing.
	Polls int `json:"polls"`
	// Seen, StartTime and Policy are the input's, with Seen up to date.
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
	if err := polls.Validate("earlierPolls", in.EarlierPolls); err != nil {
		return err
	}
	return in.Ref.Validate()
}

// validateGrace refuses a text that is not a duration, or a duration that cannot be added to a
// time.
func validateGrace(field string, grace lro.Duration) error {
	d, err := grace.In(field)
	if err != nil {
		return err
	}
	return lro.ValidateDuration(field, d, "no grace")
}

// PollOperation reads an operation until it is terminal or the deadline comes, or until it is time
// to report. The first read is made at once or, if the input has an observation, after a first
// delay.
//
// While the interval is below the policy's YieldInterval, it sleeps between reads. It sleeps
// without an activity slot if fewer than [Options.MaxAsync] polls do, and its activity is completed
// asynchronously. Otherwise it sleeps in its slot if fewer than [Options.MaxHeld] polls do.
// Otherwise, and when its worker stops or the activity is paused or reset, it yields: it gives the
// wait to the Temporal server, as a retryable, benign failure of type [YieldType] whose NextRetryDelay
// is the interval. Under a retry policy without an attempt limit, none of it adds history events.
//
// A failed operation is data, and so is an expired deadline. The failures, which are not retryable,
// are those of awaiting: lro.TypePollFailed, lro.TypeOperationGone, lro.TypeProtocolError and
// lro.TypeInvalidInput. Transient errors are retried until the deadline, however many, and not
// before the service's advice, up to [lro.MaxRetryAfter]. If the budget does not suffice and its
// queue is full, the wait yields until the next read would be due. The last read is made in
// any case.
//
// It heartbeats a [Heartbeat]. Give it a HeartbeatTimeout. StartToCloseTimeout bounds one attempt.
// A held poll hands over after 75% of it. A canceled activity returns its context's error.
func (a *Activities) PollOperation(ctx context.Context, in PollInput) (_ PollOutput, err error) {
	if err := in.validate(); err != nil {
		return PollOutput{}, NewError(lro.Invalid(in.Ref, err))
	}
	t := a.newSingleAttempt(ctx, &in)
	if t.attempt.Detached() {
		return PollOutput{}, t.attempt.Detach(t.heart, func() (any, error) { return t.poll() }, t.close)
	}
	defer func() { t.close(err) }()
	out, err := t.poll()
	return hold.ReportInSlot(t.attempt, t.heart, out, err)
}
