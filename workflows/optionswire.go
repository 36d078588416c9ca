package workflows

import "github.com/awaitop/awaitop/lro"

// optionsWire is AwaitOptions in JSON, as the inputs of workflows have it among their own fields. It is without Operation,
// which not each of them has.
type optionsWire struct {
	Policy           lro.PollPolicy `json:"policy,omitzero"`
	Timeout          lro.Duration   `json:"timeout,omitzero"`
	DeadlinePolicy   DeadlinePolicy `json:"deadlinePolicy,omitempty"`
	CancelPolicy     CancelPolicy   `json:"cancelPolicy,omitempty"`
	FailWhenCanceled bool           `json:"failWhenCanceled,omitempty"`
	CancelGrace      lro.Duration   `json:"cancelGrace,omitzero"`
	AuthGrace        lro.Duration   `json:"authGrace,omitzero"`
	NotFoundGrace    lro.Duration   `json:"notFoundGrace,omitzero"`
	HeartbeatTimeout lro.Duration   `json:"heartbeatTimeout,omitzero"`
	ProgressInterval lro.Duration   `json:"progressInterval,omitzero"`
	EndMargin        lro.Duration   `json:"endMargin,omitzero"`
	SearchAttributes bool           `json:"searchAttributes,omitempty"`
	DeleteWhenDone   bool           `json:"deleteWhenDone,omitempty"`
	TaskQueue        string         `json:"taskQueue,omitempty"`
	ControlTaskQueue string         `json:"controlTaskQueue,omitempty"`
}

// durations are in the order of [AwaitOptions.durations].
func (w *optionsWire) durations() []*lro.Duration {
	return []*lro.Duration{&w.Timeout, &w.CancelGrace, &w.AuthGrace, &w.NotFoundGrace, &w.HeartbeatTimeout, &w.ProgressInterval, &w.EndMargin}
}

func wireOf(o AwaitOptions) optionsWire {
	wire := optionsWire{
		Policy:           o.Policy,
		DeadlinePolicy:   o.DeadlinePolicy,
		CancelPolicy:     o.CancelPolicy,
		FailWhenCanceled: o.FailWhenCanceled,
		SearchAttributes: o.SearchAttributes,
		DeleteWhenDone:   o.DeleteWhenDone,
		TaskQueue:        o.TaskQueue,
		ControlTaskQueue: o.ControlTaskQueue,
	}
	for i, d := range wire.durations() {
		*d = lro.DurationOf(*o.durations()[i].at)
	}
	return wire
}

// options are those of the wire. A duration that cannot be read is 0: the decoder says so.
func (w *optionsWire) options() AwaitOptions {
	o := AwaitOptions{
		Policy:           w.Policy,
		DeadlinePolicy:   w.DeadlinePolicy,
		CancelPolicy:     w.CancelPolicy,
		FailWhenCanceled: w.FailWhenCanceled,
		SearchAttributes: w.SearchAttributes,
		DeleteWhenDone:   w.DeleteWhenDone,
		TaskQueue:        w.TaskQueue,
		ControlTaskQueue: w.ControlTaskQueue,
	}
	for i, d := range w.durations() {
		*o.durations()[i].at, _ = d.In("")
	}
	return o
}
