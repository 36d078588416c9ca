package activities

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"go.temporal.io/sdk/activity"

	"github.com/awaitop/awaitop/activities/internal/hold"
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

// CancelSetInput is the input of CancelOperations.
type CancelSetInput struct {
	Operations Set `json:"operations"`
	// NotFoundGrace is as in [CancelInput].
	NotFoundGrace lro.Duration `json:"notFoundGrace,omitzero"`
	// Deadline is when to give up on undelivered cancels and report them, zero for the end of the
	// attempt.
	Deadline time.Time `json:"deadline,omitzero"`

	invalid error
}

// CancelSetOutput is the result of a CancelOperations.
type CancelSetOutput struct {
	// Results has a letter for each operation, see [CancelSetOutput.Result].
	Results string `json:"results"`
	// Sent has a digit for each operation: how far its cancel came, over all attempts, as [Sent].
	Sent string `json:"sent,omitempty"`
	// Failures hold the service's answers that were not OK. Their Type is empty.
	Failures []SetFailure `json:"failures,omitempty"`
}

// cancelResults are the meanings of the letters of [CancelSetOutput].Results.
var cancelResults = []CancelResult{CancelDelivered, CancelUnsupported, CancelGone, CancelRefused, CancelEnded}

const cancelLetters = "dugre"

// Result returns the result of the cancel of an operation. It is [CancelRefused] for a letter of
// another release.
func (o *CancelSetOutput) Result(index int) CancelResult {
	if index < len(o.Results) {
		if at := strings.IndexByte(cancelLetters, o.Results[index]); at >= 0 {
			return cancelResults[at]
		}
	}
	return CancelRefused
}

// SentOf returns how far the cancel of an operation has come. It is [SentUnanswered] if another
// release does not say.
func (o *CancelSetOutput) SentOf(index int) Sent {
	if index < len(o.Sent) {
		if sent := Sent(o.Sent[index] - '0'); sent <= SentAccepted {
			return sent
		}
	}
	return SentUnanswered
}

// UnmarshalJSON never fails, see [OperationInput.UnmarshalJSON].
func (in *CancelSetInput) UnmarshalJSON(raw []byte) error {
	type plain CancelSetInput
	_, in.invalid = lro.DecodeLenient("", raw, (*plain)(in))
	return nil
}

func (in CancelSetInput) validate() ([]lro.Ref, error) {
	if in.invalid != nil {
		return nil, in.invalid
	}
	if err := validateGrace("notFoundGrace", in.NotFoundGrace); err != nil {
		return nil, err
	}
	return in.Operations.Refs()
}

// CancelOperations asks the service to cancel those operations of a set that have not ended. It
// reads them first, for a few seconds at most, with a List if one answers for several. All of its
// requests share the process's budget, and go before its polls. Give it a HeartbeatTimeout.
//
// The service's decisions are data, and so are the cancels that could not be delivered until
// shortly before the deadline. The one failure is lro.TypeInvalidInput.
//
// It heartbeats a [CancelSetHeartbeat], which records each cancel before it is sent. A later
// attempt sends those cancels again that are not known to have been accepted. For an operation that
// has ended meanwhile, it reports what may have been sent.
func (a *Activities) CancelOperations(ctx context.Context, in CancelSetInput) (CancelSetOutput, error) {
	refs, err := in.validate()
	if err != nil {
		return CancelSetOutput{}, NewError(lro.Invalid(lro.Ref{}, err))
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
		return CancelSetOutput{}, hold.Interrupted(ctx)
	}
	return c.output(ctx), nil
}

// setCancel is one attempt of a CancelOperations.
type setCancel struct {
	*Activities
	refs     []lro.Ref
	deadline time.Time
	grace    lro.Duration
	results  []CancelResult // "" while there is none
	statuses []*lro.Status
	recorder *hold.Recorder
	record   *cancelRecord
	allBegun atomic.Bool // whether the round's last cancel has begun, after which no record follows the answers by itself
}

// newSetCancel goes on from the record of the attempt before. Its context ends when the attempt is
// to end.
func (a *Activities) newSetCancel(ctx context.Context, in CancelSetInput, refs []lro.Ref) (context.Context, *setCancel) {
	c := &setCancel{Activities: a, refs: refs, grace: in.NotFoundGrace, results: make([]CancelResult, len(refs)), statuses: make([]*lro.Status, len(refs))}
	c.deadline = cmp.Or(in.Deadline, a.skew.server(activity.GetInfo(ctx).Deadline))
	var before CancelSetHeartbeat
	unknown := a.recordedSent(ctx, &before)
	c.record = newCancelRecord(in.Operations, &before, unknown)
	for i := range refs {
		if c.record.of(i) == SentAccepted {
			c.results[i] = CancelDelivered
		}
	}
	ctx, c.recorder = a.holder.StartRecorder(ctx, a.clock, hold.Newest(c.record.record))
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
			c.results[pending[a.Index]] = CancelEnded
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
	var all sync.WaitGroup
	slots := make(chan struct{}, cancelsAtOnce)
	for _, i := range c.pending() {
		if ctx.Err() != nil {
			break
		}
		slots <- struct{}{}
		all.Go(func() {
			defer func() { <-slots }()
			c.one(ctx, i, final)
		})
	}
	c.allBegun.Store(true)
	c.recorder.Hurry()
	all.Wait()
	c.allBegun.Store(false)
}

// one sends one cancel, and notes its result, unless it is to be sent again.
func (c *setCancel) one(ctx context.Context, i int, final bool) {
	sent, err := sendCancel(ctx, c.poller, c.refs[i], func(context.Context) error { return c.record.begin(ctx, i) })
	result := cancelResult(err, !final && c.mayAppear(ctx, c.grace), false)
	if result == "" && final {
		result = CancelRefused
	}
	c.record.ended(i, sent, result == "")
	if c.allBegun.Load() {
		c.recorder.Hurry()
	}
	c.results[i] = result
	if err != nil {
		c.statuses[i] = lro.StatusOf(err)
	}
}

func (c *setCancel) output(ctx context.Context) CancelSetOutput {
	var failures []SetFailure
	letters, sent := make([]byte, len(c.refs)), make([]byte, len(c.refs))
	for i, result := range c.results {
		letters[i], sent[i] = cancelLetters[slices.Index(cancelResults, result)], '0'+byte(c.record.of(i))
		switch {
		case result == CancelEnded:
			continue
		case result != CancelDelivered:
			failures = append(failures, SetFailure{Index: i, Status: c.statuses[i]})
		}
		c.instruments.canceled(ctx, c.poller.Label(c.refs[i].Service), result)
	}
	return CancelSetOutput{Results: string(letters), Sent: string(sent), Failures: boundFailures(failures)}
}
