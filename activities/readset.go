package activities

import (
	"context"

	"github.com/awaitop/awaitop/internal/sets"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/poller"
)

// readAtOnce is how many operations one ReadOperations reads at most.
const readAtOnce = 500

// readSet reads as many operations of a set as fit a payload, with their responses. Each is
// read once, however many Lists or Gets that takes. An operation that alone does not fit has lost
// its metadata or its response, and is marked so.
//
// An operation that cannot be read fails the attempt, with the error that [Activities.GetOperation]
// has for it.
func (a *Activities) readSet(ctx context.Context, in sets.ReadInput) (sets.ReadOutput, error) {
	refs, err := in.Refs()
	if err != nil {
		return sets.ReadOutput{}, NewError(lro.Invalid(lro.Ref{}, err))
	}
	wanted := refs[in.From:min(in.From+readAtOnce, len(refs))]
	heart := a.holder.StartHeart(ctx, nil)
	defer heart.Stop()
	read := make([]poller.Answer, len(wanted))
	answers := a.poller.ReadAll(ctx, wanted, poller.PriorityNow)
	if ctx.Err() != nil {
		return sets.ReadOutput{}, ctx.Err()
	}
	for _, got := range answers {
		read[got.Index] = got
	}
	var out sets.ReadOutput
	size := 0
	for i, got := range read {
		if got.Err != nil {
			return sets.ReadOutput{}, a.readFailed(ctx, lro.PollFailed(wanted[i], got.Err), got.Err, in.Insist, in.Deadline)
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
