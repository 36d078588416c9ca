package activities

import (
	"cmp"
	"context"
	"sync"
	"time"

	"go.temporal.io/sdk/activity"

	"github.com/awaitop/awaitop/lro"
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
	// Results are those of the operations, a letter each.
	Results string `json:"results"`
	// Failures hold the service's answers where they were not OK. Their Type is empty.
	Failures []SetFailure `json:"failures,omitempty"`
}

// The letters of [CancelSetOutput].Results.
const (
	SetCancelDelivered   = 'd'
	SetCancelUnsupported = 'u'
	SetCancelGone        = 'g'
	// SetCancelRefused: refused for good, or not delivered in time.
	SetCancelRefused = 'r'
	// SetCancelEnded: it had ended, and was sent none.
	SetCancelEnded = 'e'
)

// UnmarshalJSON never fails, see [OperationInput.UnmarshalJSON].
func (in *CancelSetInput) UnmarshalJSON(raw []byte) error {
	type plain CancelSetInput
	in.invalid = lro.DecodeStrict("", raw, (*plain)(in))
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
// lro.TypeInvalidInput. Give it a HeartbeatTimeout. Done again, it cancels again
// what still runs.
func (a *Activities) CancelOperations(ctx context.Context, in CancelSetInput) (CancelSetOutput, error) {
	refs, err := in.validate()
	if err != nil {
		return CancelSetOutput{}, lro.Invalid(lro.Ref{}, err).Err()
	}
	c := &setCancel{Activities: a, refs: refs, deadline: cmp.Or(in.Deadline, a.poller.skew.server(activity.GetInfo(ctx).Deadline)), results: make([]byte, len(refs)), statuses: make([]*lro.Status, len(refs))}
	c.grace, _ = in.NotFoundGrace.In("") // validated
	heart := a.startHeart(ctx, nil)
	defer heart.stop()
	c.readFirst(ctx)
	c.send(ctx)
	if ctx.Err() != nil {
		return CancelSetOutput{}, ctx.Err()
	}
	return c.output(ctx), nil
}

// setCancel is one attempt of a CancelOperations.
type setCancel struct {
	*Activities
	refs     []lro.Ref
	deadline time.Time
	grace    time.Duration
	results  []byte // 0 as long as there is none
	statuses []*lro.Status
}

// readFirst finds out what has ended. What it cannot read, or not in time, is sent
// a cancel: that is harmless to what has ended, and what runs costs money.
func (c *setCancel) readFirst(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, readFirstFor)
	defer cancel()
	for _, a := range c.poller.readAll(ctx, c.refs, PriorityCancel) {
		if a.err == nil && a.op.Done {
			c.results[a.index] = SetCancelEnded
		}
	}
}

// send sends cancels until each has a result.
func (c *setCancel) send(ctx context.Context) {
	info := activity.GetInfo(ctx)
	for delay := firstCancelRetry; ; delay = min(2*delay, lastCancelRetry) {
		final := isLast(c.deadline, c.poller.ServerTime(), delay+cancelReserve)
		if c.round(ctx, info.ScheduledTime, final) == 0 || c.clock.Sleep(ctx, delay) != nil {
			return
		}
	}
}

// round sends a cancel to each operation without a result, and returns how many
// still have none.
func (c *setCancel) round(ctx context.Context, scheduled time.Time, final bool) int {
	var all sync.WaitGroup
	slots := make(chan struct{}, cancelsAtOnce)
	for i, result := range c.results {
		if result != 0 || ctx.Err() != nil {
			continue
		}
		slots <- struct{}{}
		all.Go(func() {
			defer func() { <-slots }()
			c.results[i] = c.one(ctx, i, scheduled, final)
		})
	}
	all.Wait()
	open := 0
	for _, result := range c.results {
		if result == 0 {
			open++
		}
	}
	return open
}

// one sends one cancel, and returns its result, 0 if it is to be sent again.
func (c *setCancel) one(ctx context.Context, i int, scheduled time.Time, final bool) byte {
	err := c.poller.CancelOperation(ctx, c.refs[i])
	if err == nil {
		return SetCancelDelivered
	}
	c.statuses[i] = statusOf(err)
	class := Classify(err)
	missing := class == ClassNotFound && c.grace > 0 && c.poller.ServerTime().Add(notFoundRetry).Before(scheduled.Add(c.grace))
	switch {
	case class == ClassUnsupported:
		return SetCancelUnsupported
	case (class.Retryable() || missing) && !final:
		return 0
	case class == ClassNotFound:
		return SetCancelGone
	default:
		return SetCancelRefused
	}
}

// cancelResults are what the letters stand for.
var cancelResults = map[byte]CancelResult{
	SetCancelDelivered: CancelDelivered, SetCancelUnsupported: CancelUnsupported,
	SetCancelGone: CancelGone, SetCancelRefused: CancelRefused,
}

func (c *setCancel) output(ctx context.Context) CancelSetOutput {
	var failures []SetFailure
	for i, status := range c.statuses {
		if status != nil && c.results[i] != SetCancelDelivered {
			failures = append(failures, SetFailure{Index: i, Status: status})
		}
	}
	for i, letter := range c.results {
		if result := cancelResults[letter]; result != "" {
			c.poller.instruments.canceled(ctx, c.poller.label(c.refs[i].Service), result)
		}
	}
	return CancelSetOutput{Results: string(c.results), Failures: boundFailures(failures)}
}
