package activities

import (
	"cmp"
	"context"
	"math/rand/v2"

	"go.temporal.io/sdk/activity"

	"github.com/awaitop/awaitop/activities/internal/hold"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/poller"
)

// DefaultMaxHeld is how many polls a process holds at once if [Options.MaxHeld] is 0: half of the
// 1,000 activity slots that the SDK gives a worker by default.
const DefaultMaxHeld = 500

// DefaultMaxAsync is how many polls a worker with awaitop's plugin holds without an activity slot.
// A wait takes some 70 KiB in all, with its cached workflow: docs/performance.md has the
// measurement.
const DefaultMaxAsync = 10_000

// NeverHold as [Options.MaxHeld] makes every wait yield between two reads. So
// the SDK's test environment can skip the time.
const NeverHold = -1

// Options configures [New]. The zero value is the default.
type Options struct {
	// MaxHeld is how many polls may be held between reads at once. Further waits go through the
	// Temporal server, whatever their interval, so that a cancel or an activity of yours finds a
	// slot. 0 means [DefaultMaxHeld], a negative number [NeverHold].
	MaxHeld int
	// MaxAsync is how many polls may be held at once without an activity slot, which takes less
	// memory: their activities are completed asynchronously. MaxHeld bounds the others. 0 or less
	// means none, but the plugin of package worker has [DefaultMaxAsync] for 0. Without that
	// plugin, call [Activities.HandOver] before the worker stops. Leave it 0 in the SDK's test
	// environments, which cannot complete activities.
	MaxAsync int
	// Clock is nil for the machine's. Times of the Temporal server are compared with it less the
	// machine's skew, see [Activities.ServerTime].
	Clock poller.Clock
	// Random returns numbers from 0 up to 1, for jitter, nil for math/rand/v2. Many goroutines call
	// it.
	Random func() float64
}

// Activities holds awaitop's activities. It is safe for concurrent use, and serves any number of
// workers.
type Activities struct {
	poller *poller.Poller
	clock  poller.Clock
	random func() float64
	holder *hold.Holder
	skew   skew

	instruments *instruments
}

// New returns the activities on the given client. If that is not a [poller.Poller], it gets one of
// its own, without a budget.
func New(client lro.Client, options Options) *Activities {
	a := &Activities{clock: options.Clock, random: options.Random}
	if a.clock == nil {
		a.clock = poller.SystemClock()
	}
	if a.random == nil {
		a.random = rand.Float64
	}
	a.holder = hold.New(hold.Options{Held: cmp.Or(options.MaxHeld, DefaultMaxHeld), Async: options.MaxAsync})
	a.poller, a.instruments = pollerOf(client, a.clock), newInstruments()
	return a
}

// measures are the instruments for the waits of a service.
func (a *Activities) measures(service, kind string) *waitInstruments {
	return a.instruments.of(a.poller.Label(service), kind)
}

// HandOver hands the polls that are held without an activity slot back to the Temporal server, so
// that other workers go on with them. It returns when the server knows of all, or with ctx's error
// once ctx is done. The heartbeat timeout ends those that the server does not know of. Call it
// once, when the worker stops. The plugin of package worker does. Afterwards no poll is held
// without a slot.
func (a *Activities) HandOver(ctx context.Context) error { return a.holder.HandOver(ctx) }

// Alive heartbeats for the activity ctx, if it has a heartbeat timeout, until stop is called.
func (a *Activities) Alive(ctx context.Context) (stop func()) {
	return a.holder.StartHeart(ctx, nil).Stop
}

// Poller returns the Poller that makes a's requests.
func (a *Activities) Poller() *poller.Poller { return a.poller }

// pollerOf returns client if it is a Poller, else one over it.
func pollerOf(client lro.Client, clock poller.Clock) *poller.Poller {
	if poller, ok := client.(*poller.Poller); ok {
		return poller
	}
	poller, _ := poller.New(client, poller.Options{Clock: clock}) // there is no budget that could be invalid
	return poller
}

// Registry takes activities: a worker.Worker or the SDK's test environments.
type Registry interface {
	RegisterActivityWithOptions(activity any, options activity.RegisterOptions)
}

// Register registers all activities under their fixed names. It panics, as the
// SDK does, if one of the names is taken.
func (a *Activities) Register(registry Registry) {
	for _, entry := range []struct {
		name string
		run  any
	}{
		{GetOperationName, Timed(a, a.GetOperation)},
		{CancelOperationName, Timed(a, a.CancelOperation)},
		{DeleteOperationName, Timed(a, a.DeleteOperation)},
		{ListOperationsName, Timed(a, a.ListOperations)},
		{PollOperationName, Timed(a, a.PollOperation)},
		{PollOperationsName, Timed(a, a.pollSet)},
		{CancelOperationsName, Timed(a, a.cancelSet)},
		{ReadOperationsName, Timed(a, a.readSet)},
	} {
		registry.RegisterActivityWithOptions(entry.run, activity.RegisterOptions{Name: entry.name})
	}
}
