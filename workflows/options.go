package workflows

import (
	"cmp"
	"fmt"
	"time"

	"github.com/awaitop/awaitop/lro"
)

// Defaults of [AwaitOptions].
const (
	DefaultCancelGrace      = 10 * time.Minute
	DefaultAuthGrace        = time.Hour
	DefaultNotFoundGrace    = time.Minute
	DefaultHeartbeatTimeout = 30 * time.Second
)

// minProgressInterval is the shortest AwaitOptions.ProgressInterval.
const minProgressInterval = 10 * time.Second

// CancelPolicy says what a cancellation of the workflow does to the operation.
type CancelPolicy string

// The cancel policies.
const (
	// CancelOnCancel sends a cancel and awaits what becomes of it. The default.
	CancelOnCancel CancelPolicy = "cancel"
	// Abandon sends nothing and leaves the operation running.
	Abandon CancelPolicy = "abandon"
)

// DeadlinePolicy says what a deadline does to the operation. The wait ends in
// lro.TypeAwaitTimeout either way.
type DeadlinePolicy string

// The deadline policies.
const (
	// LeaveRunning sends nothing. The default.
	LeaveRunning DeadlinePolicy = "leaveRunning"
	// CancelOnDeadline sends a cancel and awaits what becomes of it first.
	CancelOnDeadline DeadlinePolicy = "cancel"
)

// AwaitOptions says how to await. The zero value is the default, and so is each
// zero field. Negative durations and those over lro.MaxDuration are refused.
type AwaitOptions struct {
	// Policy says when to poll.
	Policy lro.PollPolicy
	// Timeout is the time from the beginning of the wait to its deadline. 0 for none. The
	// last poll comes a second before the deadline.
	Timeout time.Duration
	// DeadlinePolicy is what the deadline does. Default LeaveRunning.
	DeadlinePolicy DeadlinePolicy
	// CancelPolicy is what a cancellation does. Default CancelOnCancel.
	CancelPolicy CancelPolicy
	// FailWhenCanceled makes a wait that is canceled or abandoned fail with lro.TypeOperationCanceled, whose
	// details are the Outcome, instead of the CanceledError that has the Outcome as its details. It is for callers whose
	// SDK drops those details: the parent of a child workflow in TypeScript and Python learns nothing else of the
	// operation. The caller's own workflow then fails unless it handles the failure.
	FailWhenCanceled bool
	// CancelGrace bounds the delivery of a cancel, and again how long the
	// operation is awaited after it. Default 10 min.
	CancelGrace time.Duration
	// EndMargin is how long before an execution or run timeout of the workflow the wait
	// ends by itself, in lro.TypeAwaitTimeout: Temporal would end the workflow without
	// running its code. The DeadlinePolicy counts then. CancelGrace is cut to the margin
	// less 30 s, or to half of a margin under a minute. Default 10% of the timeout, at most
	// 10 min. Without such a timeout it means nothing.
	EndMargin time.Duration
	// AuthGrace is for how long 401 and 403 in a row are retried once the operation was seen,
	// because a change of IAM takes minutes to spread. Any other answer, such as a 503,
	// starts it afresh. A 403 with the reason
	// SERVICE_DISABLED is retried before, too, because the API may have been enabled a
	// moment ago. Default 1 h.
	AuthGrace time.Duration
	// NotFoundGrace is for how long a 404, or another 4xx without a google.rpc.Status, is
	// retried before the operation was seen. It holds for the service's own 404 at a cancel,
	// too. Default 1 min.
	NotFoundGrace time.Duration
	// HeartbeatTimeout is how soon the Temporal server notices that a worker
	// died while it held a poll. Default 30 s.
	HeartbeatTimeout time.Duration
	// ProgressInterval is how often a poll reports the operation's state to the workflow,
	// for its query and the Web UI. The report comes with the first read after the interval
	// and costs six history events. At least 10 s. 0 for never; control.Describe shows
	// progress without it. A wait inline in another workflow reports nothing once the
	// workflow's history has 30,000 events.
	ProgressInterval time.Duration
	// SearchAttributes sets [OperationAttribute] and, in an AwaitOperation,
	// [StateAttribute] and [PercentAttribute]. The namespace has to have them, or the
	// workflow gets stuck. An AwaitOperation that [Start] starts has them without further
	// events; an inline wait takes two events.
	SearchAttributes bool
	// DeleteWhenDone deletes the operation's record once it is terminal and its
	// result fits. A delete that fails never fails the wait.
	DeleteWhenDone bool
	// TaskQueue is where polls run, such as the queue of a fleet of awaitop workers that
	// alone have the cloud's credentials. Default the workflow's own.
	TaskQueue string
	// ControlTaskQueue is where cancels and deletes run. Default TaskQueue.
	ControlTaskQueue string
	// Operation is the service's reply to the start of the operation, if the caller has it.
	// If it is done, nothing is polled, and the Ref may be zero. Otherwise it must be the
	// Ref's operation, and the first poll comes as lro.PollPolicy says instead of at once.
	Operation *lro.Operation
}

// withDefaults returns o with its zero fields set.
func (o AwaitOptions) withDefaults() AwaitOptions {
	o.Policy = o.Policy.WithDefaults()
	o.DeadlinePolicy = cmp.Or(o.DeadlinePolicy, LeaveRunning)
	o.CancelPolicy = cmp.Or(o.CancelPolicy, CancelOnCancel)
	o.CancelGrace = cmp.Or(o.CancelGrace, DefaultCancelGrace)
	o.AuthGrace = cmp.Or(o.AuthGrace, DefaultAuthGrace)
	o.NotFoundGrace = cmp.Or(o.NotFoundGrace, DefaultNotFoundGrace)
	o.HeartbeatTimeout = cmp.Or(o.HeartbeatTimeout, DefaultHeartbeatTimeout)
	return o
}

// validate reports the first invalid field as an [*lro.InvalidError].
func (o AwaitOptions) validate() error {
	if err := o.Policy.Validate(); err != nil {
		return err
	}
	for _, f := range o.durations() {
		if err := lro.ValidateDuration(f.name, *f.at, "the default"); err != nil {
			return err
		}
	}
	// A server's timeouts count whole seconds and a heartbeat has to fit in.
	if o.HeartbeatTimeout > 0 && o.HeartbeatTimeout < time.Second {
		return &lro.InvalidError{Field: "heartbeatTimeout", Value: o.HeartbeatTimeout.String(), Want: "0 (the default) or at least 1s"}
	}
	if o.ProgressInterval > 0 && o.ProgressInterval < minProgressInterval {
		return &lro.InvalidError{Field: "progressInterval", Value: o.ProgressInterval.String(), Want: fmt.Sprintf("0 (never) or at least %s", minProgressInterval)}
	}
	if err := cmp.Or(validateTaskQueue("taskQueue", o.TaskQueue), validateTaskQueue("controlTaskQueue", o.ControlTaskQueue)); err != nil {
		return err
	}
	switch o.DeadlinePolicy {
	case "", LeaveRunning, CancelOnDeadline:
	default:
		return &lro.InvalidError{Field: "deadlinePolicy", Value: string(o.DeadlinePolicy), Want: "leaveRunning (the default) or cancel"}
	}
	switch o.CancelPolicy {
	case "", CancelOnCancel, Abandon:
		return nil
	default:
		return &lro.InvalidError{Field: "cancelPolicy", Value: string(o.CancelPolicy), Want: "cancel (the default) or abandon"}
	}
}

type durationField struct {
	name string
	at   *time.Duration
}

func (o *AwaitOptions) durations() []durationField {
	return []durationField{
		{"timeout", &o.Timeout},
		{"cancelGrace", &o.CancelGrace},
		{"authGrace", &o.AuthGrace},
		{"notFoundGrace", &o.NotFoundGrace},
		{"heartbeatTimeout", &o.HeartbeatTimeout},
		{"progressInterval", &o.ProgressInterval},
		{"endMargin", &o.EndMargin},
	}
}
