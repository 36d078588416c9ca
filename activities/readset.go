package activities

import (
	"context"
	"strconv"
	"time"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/poller"
)

// readAtOnce is how many operations one ReadOperations reads at most.
const readAtOnce = 500

// ReadSetInput is the input of ReadOperations.
type ReadSetInput struct {
	Operations Set `json:"operations"`
	// From is the index of the first operation to read.
	From int `json:"from,omitempty"`
	// Insist retries each refusal but NOT_FOUND, too, as the activity's retry policy says. It is
	// for operations that have been read before.
	Insist bool `json:"insist,omitempty"`
	// Deadline is as in [OperationInput].
	Deadline time.Time `json:"deadline,omitzero"`

	invalid error
}

// ReadSetOutput is a page of a set.
type ReadSetOutput struct {
	// Operations are those from From on.
	Operations []lro.Operation `json:"operations"`
	// Next is the index of the next page's first operation, 0 if there is none.
	Next int `json:"next,omitempty"`
}

// UnmarshalJSON never fails, see [OperationInput.UnmarshalJSON].
func (in *ReadSetInput) UnmarshalJSON(raw []byte) error {
	type plain ReadSetInput
	_, in.invalid = lro.DecodeLenient("", raw, (*plain)(in))
	return nil
}

func (in ReadSetInput) validate() ([]lro.Ref, error) {
	if in.invalid != nil {
		return nil, in.invalid
	}
	refs, err := in.Operations.Refs()
	if err == nil && (in.From < 0 || in.From >= len(refs)) {
		err = &lro.InvalidError{Field: "from", Value: strconv.Itoa(in.From), Want: "the index of one of the " + strconv.Itoa(len(refs)) + " operations"}
	}
	return refs, err
}

// ReadOperations reads as many operations of a set as fit a payload, with their responses. Each is
// read once, however many Lists or Gets that takes. An operation that alone does not fit has lost
// its metadata or its response, and is marked so.
//
// An operation that cannot be read fails the attempt, with the error that [Activities.GetOperation]
// has for it.
func (a *Activities) ReadOperations(ctx context.Context, in ReadSetInput) (ReadSetOutput, error) {
	refs, err := in.validate()
	if err != nil {
		return ReadSetOutput{}, NewError(lro.Invalid(lro.Ref{}, err))
	}
	wanted := refs[in.From:min(in.From+readAtOnce, len(refs))]
	heart := a.holder.StartHeart(ctx, nil)
	defer heart.Stop()
	read := make([]poller.Answer, len(wanted))
	answers := a.poller.ReadAll(ctx, wanted, poller.PriorityNow)
	if ctx.Err() != nil {
		return ReadSetOutput{}, ctx.Err()
	}
	for _, got := range answers {
		read[got.Index] = got
	}
	var out ReadSetOutput
	size := 0
	for i, got := range read {
		if got.Err != nil {
			return ReadSetOutput{}, a.readFailed(ctx, lro.PollFailed(wanted[i], got.Err), got.Err, in.Insist, in.Deadline)
		}
		op, _ := got.Op.Bound()
		if size += lro.EncodedSize(op) + 1; size > lro.MaxEncodedSize && i > 0 {
			out.Next = in.From + i
			return out, nil
		}
		out.Operations = append(out.Operations, op)
	}
	if end := in.From + len(wanted); end < len(refs) {
		out.Next = end
	}
	return out, nil
}
