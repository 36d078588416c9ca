package activities

import (
	"context"
	"time"

	"github.com/awaitop/awaitop/activities/internal/hold"
	"github.com/awaitop/awaitop/lro"
)

// PollSetInput is the input of PollOperations. Fields that are also in [PollInput] mean the same.
type PollSetInput struct {
	Operations    Set            `json:"operations"`
	Policy        lro.PollPolicy `json:"policy"`
	StartTime     time.Time      `json:"startTime"`
	Deadline      time.Time      `json:"deadline,omitzero"`
	Resumed       bool           `json:"resumed,omitempty"`
	AuthGrace     lro.Duration   `json:"authGrace,omitzero"`
	NotFoundGrace lro.Duration   `json:"notFoundGrace,omitzero"`
	Canceling     bool           `json:"canceling,omitempty"`
	// StopOnFailure ends the wait with the first operation that failed or was canceled. An
	// operation that cannot be read says nothing about the others.
	StopOnFailure bool `json:"stopOnFailure,omitempty"`

	invalid error
}

// PollSetOutput is the result of PollOperations.
type PollSetOutput struct {
	// States are the states of the operations. An operation is left running if the wait expired or
	// stopped.
	States SetStates `json:"states"`
	// Failures are those of operations that failed, were canceled or cannot be read, by index.
	Failures []SetFailure `json:"failures,omitempty"`
	// Expired is true if the deadline came first.
	Expired bool `json:"expired,omitempty"`
	// Polls counts the answers: a List gives one for each operation.
	Polls int `json:"polls"`
}

// UnmarshalJSON never fails, see [OperationInput.UnmarshalJSON].
func (in *PollSetInput) UnmarshalJSON(raw []byte) error {
	type plain PollSetInput
	_, in.invalid = lro.DecodeLenient("", raw, (*plain)(in))
	return nil
}

func (in PollSetInput) validate() ([]lro.Ref, error) {
	if in.invalid != nil {
		return nil, in.invalid
	}
	refs, err := in.Operations.Refs()
	if err != nil {
		return nil, err
	}
	return refs, in.single(refs[0]).validate()
}

// single is the input for the first operation, which stands for all, because their input about the
// wait is the same.
func (in PollSetInput) single(first lro.Ref) PollInput {
	return PollInput{
		Ref: first, Policy: in.Policy, StartTime: in.StartTime, Deadline: in.Deadline, Resumed: in.Resumed,
		AuthGrace: in.AuthGrace, NotFoundGrace: in.NotFoundGrace,
	}
}

// PollOperations reads the operations of a set until all are terminal or the deadline comes or,
// with StopOnFailure, the first fails. It takes one activity slot, and is held however long the
// intervals are. One List answers for many operations.
//
// The ends of operations are data, and so is an operation that cannot be read. The one failure is
// lro.TypeInvalidInput. It heartbeats a [SetHeartbeat]. Otherwise it does what
// [Activities.PollOperation] does.
func (a *Activities) PollOperations(ctx context.Context, in PollSetInput) (_ PollSetOutput, err error) {
	refs, err := in.validate()
	if err != nil {
		return PollSetOutput{}, NewError(lro.Invalid(lro.Ref{}, err))
	}
	w := a.newSetWait(ctx, &in, refs)
	defer func() { w.close(err) }()
	out, err := w.poll()
	return hold.Report(w.attempt, w.heart, out, err)
}

// SetHeartbeat is the progress record of a PollOperations. It stays below 4 KiB.
type SetHeartbeat struct {
	// StartTime, Deadline and Canceling are the input's.
	StartTime time.Time `json:"startTime,omitzero"`
	Deadline  time.Time `json:"deadline,omitzero"`
	Canceling bool      `json:"canceling,omitempty"`
	// In is the common beginning of all names, as in [SetPart]. It is "" if there is none, or if it
	// is too long for the record.
	In string `json:"in,omitempty"`
	// Total and Ended count the operations, and those that have ended.
	Total int `json:"total"`
	Ended int `json:"ended"`
	Polls int `json:"polls"`
	// States holds two bits for each operation: 0 not seen yet, 1 running, 2 succeeded, 3 ended
	// otherwise.
	States []byte `json:"states,omitempty"`
	// BlockedSince is since when reads are refused with 401 or 403, for the operation whose reads
	// are so for longest.
	BlockedSince time.Time `json:"blockedSince,omitzero"`
	// Status says in words what the wait does.
	Status string `json:"status,omitempty"`
	// Failing counts the operations whose last read failed. LastError is the reason of the last
	// such read, without details, nil if there is none.
	Failing   int         `json:"failing,omitempty"`
	LastError *lro.Status `json:"lastError,omitempty"`
	// NextPoll is when the next operation is due.
	NextPoll time.Time `json:"nextPoll,omitzero"`
	// NotBefore is as in [Heartbeat], the longest of all operations.
	NotBefore time.Time `json:"notBefore,omitzero"`
}

// The two bits of an operation in a heartbeat.
const (
	beatUnseen    = 0
	beatRunning   = 1
	beatSucceeded = 2
	beatEnded     = 3
)

func (h *SetHeartbeat) set(index int, bits byte) { h.States[index/4] |= bits << (index % 4 * 2) }

func (h *SetHeartbeat) get(index int) byte {
	if index/4 >= len(h.States) {
		return beatUnseen
	}
	return h.States[index/4] >> (index % 4 * 2) & 3
}
