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
	// cancelsAtOnce is how many cancel requests of one set are under way at
	// most.
	cancelsAtOnce = 16
	// firstCancelRetry is the delay before undelivered cancels of a set are sent
	// again; doubled each time, up to lastCancelRetry.
	firstCancelRetry = time.Second
	lastCancelRetry  = 10 * time.Second
	// readFirstFor bounds the reads before the cancels: enough for a List that
	// hangs, for listPatience, and some reads in its place. Of real time as well.
	readFirstFor = 5 * time.Second
	// cancelReserve is how long before its deadline the activity gives up on
	// what is undelivered, and says so.
	cancelReserve = 5 * time.Second
)

// CancelSetInput is the input of CancelOperations.
type CancelSetInput struct {
	Operations Set `json:"operations"`
	// NotFoundGrace is as in [CancelInput].
	NotFoundGrace lro.Duration `json:"notFoundGrace,omitzero"`
	// Deadline is when to give up on what is undelivered, and say so; zero for the end
	// of the attempt.
	Deadline time.Time `json:"deadline,omitzero"`

	invalid error
}

// CancelSetOutput is what became of the cancel requests of a set.
type CancelSetOutput struct {
	// Results are those of the operations, a letter each; see [CancelSetOutput.Result].
	Results string `json:"results"`
	// Sent says how far the cancel of each has come, over all attempts, a digit each:
	// that of its [Sent].
	Sent string `json:"sent,omitempty"`
	// Failures hold the service's answers where they were not OK. Their Type is empty.
	Failures []SetFailure `json:"failures,omitempty"`
}

// cancelResults are what the letters of [CancelSetOutput].Results stand for.
var cancelResults = []CancelResult{CancelDelivered, CancelUnsupported, CancelGone, CancelRefused, CancelEnded}

const cancelLetters = "dugre"

// Result returns what the cancel of an operation came to; [CancelRefused] for a letter
// of another release.
func (o *CancelSetOutput) Result(index int) CancelResult {
	if index < len(o.Results) {
		if at := strings.IndexByte(cancelLetters, o.Results[index]); at >= 0 {
			return cancelResults[at]
		}
	}
	return CancelRefused
}

// SentOf returns how far the cancel of an operation has come; [SentUnanswered] where
// another release does not say.
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

// CancelOperations asks the service to cancel those operations of a set that
// have not ended: it reads them first, for a few seconds at most, with a List where
// one answers for several.
// All of its requests share the process's budget, before its polls.
//
// What the service decides is data, and so is what could not be delivered
// until shortly before the deadline. The one failure is
// lro.TypeInvalidInput. Give it a HeartbeatTimeout.
//
// It heartbeats a [CancelSetHeartbeat], in which each cancel is recorded before it is
// sent. A later attempt sends again what it does not know to have been accepted, and
// tells of those that have ended meanwhile what may have been sent to them.
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
	results  []CancelResult // "" as long as there is none
	statuses []*lro.Status
	recorder *hold.Recorder
	record   *cancelRecord
	allBegun atomic.Bool // whether the round's last cancel has begun: no record follows the answers by itself
}

// newSetCancel goes on from what the attempt before has recorded. Its context ends
// when the attempt is to.
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

// readFirst finds out what has ended. What it cannot read, or not in time, is sent
// a cancel: that is harmless to what has ended, and what runs costs money.
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

// one sends one cancel, and notes its result, none if it is to be sent again.
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
