package activities

import (
	"cmp"
	"context"
	"sync/atomic"
	"time"

	"go.temporal.io/sdk/activity"
	"golang.org/x/sync/errgroup"

	"github.com/awaitop/awaitop/activities/cancels"
	"github.com/awaitop/awaitop/activities/internal/hold"
	"github.com/awaitop/awaitop/internal/sets"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/poller"
)

const (
	// cancelsAtOnce is the most cancel requests of one set that are under way.
	cancelsAtOnce = 16
	// firstCancelRetry is the delay before undelivered cancels of a set are sent again. It doubles
	// each time, up to lastCancelRetry.
	firstCancelRetry = time.Second
	lastCancelRetry  = 10 * time.Second
	// readFirstFor bounds the reads before the cancels. It is enough for a List that hangs, which
	// takes listPatience, and for some reads in its place. It is real time, too.
	readFirstFor = 5 * time.Second
	// cancelReserve is how long before its deadline the activity gives up on undelivered cancels
	// and reports them.
	cancelReserve = 5 * time.Second
)

// cancelSet asks the service to cancel those operations of a set that have not ended. It
// reads them first, for a few seconds at most, with a List if one answers for several. All of its
// requests share the process's budget, and go before its polls. Give it a HeartbeatTimeout.
//
// The service's decisions are data, and so are the cancels that could not be delivered until
// shortly before the deadline. The one failure is lro.TypeInvalidInput.
//
// It heartbeats a [CancelSetHeartbeat], which records each cancel before it is sent. A later
// attempt sends those cancels again that are not known to have been accepted. For an operation that
// has ended meanwhile, it reports what may have been sent.
func (a *Activities) cancelSet(ctx context.Context, in sets.CancelInput) (sets.CancelOutput, error) {
	refs, err := validateCancels(in)
	if err != nil {
		return sets.CancelOutput{}, NewError(lro.Invalid(lro.Ref{}, err))
	}
	ctx, c := a.newSetCancel(ctx, in, refs)
	defer c.recorder.Close()
	c.readFirst(ctx)
	if !a.holder.RecordsAtOnce() {
		c.record.beginAhead(c.pending())
	}
	c.send(ctx)
	if ctx.Err() != nil {
		c.recorder.Flush() // for the next attempt
		return sets.CancelOutput{}, hold.Interrupted(ctx)
	}
	return c.output(ctx), nil
}

// setCancel is one attempt of a CancelOperations.
type setCancel struct {
	*Activities
	refs      []lro.Ref
	deadline  time.Time
	grace     lro.Duration
	results   []cancels.Result // "" while there is none
	statuses  []*lro.Status
	recorder  *hold.Recorder
	record    *cancelRecord
	lastBegan atomic.Bool // whether the round's last cancel has begun, after which no record follows the answers by itself
}

// newSetCancel goes on from the record of the attempt before. Its context ends when the attempt is
// to end.
func (a *Activities) newSetCancel(ctx context.Context, in sets.CancelInput, refs []lro.Ref) (context.Context, *setCancel) {
	c := &setCancel{Activities: a, refs: refs, grace: in.NotFoundGrace, results: make([]cancels.Result, len(refs)), statuses: make([]*lro.Status, len(refs))}
	c.deadline = cmp.Or(in.Deadline, a.skew.server(activity.GetInfo(ctx).Deadline))
	var before sets.CancelHeartbeat
	unknown := a.recordedSent(ctx, &before)
	c.record = newCancelRecord(in.Operations, &before, unknown)
	for i := range refs {
		if c.record.of(i) == cancels.SentAccepted {
			c.results[i] = cancels.Delivered
		}
	}
	ctx, c.recorder = a.holder.StartRecorder(ctx, a.clock, hold.MakeRecord(c.record.record))
	c.record.write = c.recorder.Write
	return ctx, c
}

// pending returns the operations without a result.
func (c *setCancel) pending() []int {
	var indexes []int
	for i, result := range c.results {
		if result == "" {
			indexes = append(indexes, i)
		}
	}
	return indexes
}

// readFirst finds the operations that have ended. An operation that it cannot read in time is sent
// a cancel. That is harmless to one that has ended, and one that runs costs money.
func (c *setCancel) readFirst(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, readFirstFor)
	defer cancel()
	pending := c.pending()
	refs := make([]lro.Ref, len(pending))
	for i, index := range pending {
		refs[i] = c.refs[index]
	}
	for _, a := range c.poller.ReadAll(ctx, refs, poller.PriorityCancel) {
		if a.Err == nil && a.Op.Done {
			c.results[pending[a.Index]] = cancels.Ended
		}
	}
}

// send sends cancels until each has a result.
func (c *setCancel) send(ctx context.Context) {
	for delay := firstCancelRetry; ; delay = min(2*delay, lastCancelRetry) {
		final := isLast(c.deadline, c.ServerTime(), delay+cancelReserve)
		c.round(ctx, final)
		if len(c.pending()) == 0 || c.clock.Sleep(ctx, delay) != nil {
			return
		}
	}
}

// round sends a cancel to each operation without a result.
func (c *setCancel) round(ctx context.Context, final bool) {
	var all errgroup.Group
	all.SetLimit(cancelsAtOnce)
	for _, i := range c.pending() {
		if ctx.Err() != nil {
			break
		}
		all.Go(func() error {
			c.one(ctx, i, final)
			return nil
		})
	}
	c.lastBegan.Store(true)
	c.recorder.Hurry()
	_ = all.Wait() // each cancel notes its own error
	c.lastBegan.Store(false)
}

// one sends one cancel, and notes its result, unless it is to be sent again.
func (c *setCancel) one(ctx context.Context, i int, final bool) {
	sent, err := sendCancel(ctx, c.poller, c.refs[i], func(context.Context) error { return c.record.begin(ctx, i) })
	result := cancelResult(err, !final && c.mayAppear(ctx, c.grace), false)
	if result == "" && final {
		result = cancels.Refused
	}
	c.record.noteEnd(i, sent, result == "")
	if c.lastBegan.Load() {
		c.recorder.Hurry()
	}
	c.results[i] = result
	if err != nil {
		c.statuses[i] = lro.StatusOf(err)
	}
}

// output is the result of the attempt.
func (c *setCancel) output(ctx context.Context) sets.CancelOutput {
	var failures []sets.Failure
	sent := make([]cancels.Sent, len(c.refs))
	for i, result := range c.results {
		sent[i] = c.record.of(i)
		switch {
		case result == cancels.Ended:
			continue
		case result != cancels.Delivered:
			failures = append(failures, sets.Failure{Index: i, Status: c.statuses[i]})
		}
		c.instruments.countCancel(ctx, c.poller.Label(c.refs[i].Service), result)
	}
	return sets.NewCancelOutput(c.results, sent, failures)
}

// validateCancels returns the operations of a CancelOperations' input, or why that is invalid.
func validateCancels(in sets.CancelInput) ([]lro.Ref, error) {
	refs, err := in.Refs()
	if err != nil {
		return nil, err
	}
	return refs, validateGrace("notFoundGrace", in.NotFoundGrace)
}
