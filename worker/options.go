package worker

import (
	"cmp"
	"context"
	"time"

	sdk "go.temporal.io/sdk/worker"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/activities/rest"
)

const (
	// DefaultStopTimeout is the WorkerStopTimeout where none is set: long
	// enough for a held poll to hand over, which takes milliseconds, and for a
	// request under way.
	DefaultStopTimeout = 10 * time.Second
	// sdkActivitySlots is the SDK's default MaxConcurrentActivityExecutionSize.
	sdkActivitySlots = 1000
)

// Options configures [New] and [Plugin]. The zero value awaits operations of
// Cloud Spanner with the environment's credentials.
type Options struct {
	// Client talks to the operations API. Default: rest.New with Rest, closed
	// with the worker.
	Client activities.Client
	// Rest configures the default Client: services, endpoints, credentials, the
	// allowlist of resources. It is not read if Client is set.
	Rest rest.Options
	// Activities configures polling. MaxHeld 0 means half of the worker's
	// activity slots.
	Activities activities.Options
}

// client returns the Client and what closes it.
func (o Options) client(ctx context.Context) (activities.Client, func(), error) {
	if o.Client != nil {
		return o.Client, func() {}, nil
	}
	made, err := rest.New(ctx, o.Rest)
	if err != nil {
		return nil, nil, err
	}
	return made, func() { _ = made.Close() }, nil
}

// configure sets what a worker that holds polls needs and its options leave
// open, and returns the activities' options for it.
func (o Options) configure(options *sdk.Options) activities.Options {
	if options.WorkerStopTimeout == 0 {
		options.WorkerStopTimeout = DefaultStopTimeout
	}
	polling := o.Activities
	if polling.MaxHeld == 0 {
		// A worker with a single slot must not hold it.
		slots := cmp.Or(options.MaxConcurrentActivityExecutionSize, sdkActivitySlots)
		polling.MaxHeld = cmp.Or(slots/2, activities.NeverHold)
	}
	return polling
}
