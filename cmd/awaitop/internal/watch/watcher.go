package watch

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/awaitop/awaitop/control"
)

const (
	// maxPause is the longest pause after a round that failed.
	maxPause = 30 * time.Second
	// describesAtOnce is how many workflows [control.DescribeAll] describes at the same time. A call has more, so that
	// its requests stay evenly spread.
	describesAtOnce = 8
)

// Options configures a [Watcher].
type Options struct {
	// Interval is the least time between two descriptions of a workflow.
	Interval time.Duration
	// RequestsPerSecond says how many workflows a round describes: as many as the interval has room for. The Source
	// bounds the requests themselves.
	RequestsPerSecond float64
	// Now is the clock. Default time.Now.
	Now func() time.Time
}

// Snapshot is what is known at a time.
type Snapshot struct {
	Statuses []*control.Status
	// Total counts the workflows found, Read those that have been described.
	Total, Read int
	// Round is how long it takes to describe each workflow again.
	Round time.Duration
	// Err is why the last round failed, nil if it did not. Statuses are then as old as Since.
	Err   error
	Since time.Time
}

// Watcher describes workflows again and again, in rounds: first those on a person's screen, then those that were described
// longest ago.
type Watcher struct {
	source  Source
	options Options
	known   workflows
	find    int // rounds until the next search
	shown   atomic.Pointer[map[string]bool]
}

// New returns a watcher of the source's workflows.
func New(source Source, options Options) *Watcher {
	if options.Now == nil {
		options.Now = time.Now
	}
	return &Watcher{source: source, options: options, known: workflows{}}
}

// Show says which workflows are on a person's screen. It is safe for concurrent use.
func (w *Watcher) Show(workflowIDs []string) {
	shown := make(map[string]bool, len(workflowIDs))
	for _, id := range workflowIDs {
		shown[id] = true
	}
	w.shown.Store(&shown)
}

// Run calls report after each round, and in the first round after each part of it, until ctx is done. It returns the error
// of a first round that fails, else that of ctx. A later round that fails is reported, and tried again.
func (w *Watcher) Run(ctx context.Context, report func(Snapshot)) error {
	last, failed := w.options.Now(), 0
	for first := true; ; first = false {
		began := w.options.Now()
		err := w.round(ctx, report)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil && first:
			return err
		case err != nil:
			failed++
		default:
			last, failed = began, 0
		}
		snapshot := w.snapshot()
		snapshot.Err, snapshot.Since = err, last
		report(snapshot)
		if err := pause(ctx, pauseAfter(w.options.Interval, failed)-w.options.Now().Sub(began)); err != nil {
			return err
		}
	}
}

// pauseAfter is the time from the beginning of a round to that of the next, after so many rounds in a row that failed.
func pauseAfter(interval time.Duration, failed int) time.Duration {
	for range min(failed, 10) {
		interval = min(2*interval, max(interval, maxPause))
	}
	return interval
}

func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// round searches, if that is due, and describes as many workflows as an interval has room for.
func (w *Watcher) round(ctx context.Context, report func(Snapshot)) error {
	if w.find--; w.find <= 0 {
		found, err := w.source.Find(ctx)
		if err != nil {
			return err
		}
		w.known.found(found)
		w.find = len(found)/pageSize + 1 // a page each round, on average
	}
	due := w.known.due(w.isShown, w.perRound())
	for len(due) > 0 {
		part := due[:min(len(due), 4*describesAtOnce)]
		due = due[len(part):]
		described, err := w.source.Describe(ctx, listed(part))
		w.known.described(part, described, err != nil, w.options.Now())
		if err != nil {
			return err
		}
		if snapshot := w.snapshot(); snapshot.Read < snapshot.Total && len(due) > 0 {
			report(snapshot)
		}
	}
	w.known.forget(w.options.Now())
	return nil
}

// perRound is how many workflows a round describes.
func (w *Watcher) perRound() int {
	return max(int(w.options.RequestsPerSecond*w.options.Interval.Seconds()), 1)
}

func (w *Watcher) isShown(workflowID string) bool {
	shown := w.shown.Load()
	return shown != nil && (*shown)[workflowID]
}

func (w *Watcher) snapshot() Snapshot {
	s := Snapshot{Since: w.options.Now(), Statuses: w.known.statuses()}
	s.Total, s.Read = w.known.count()
	rounds := (s.Total + w.perRound() - 1) / w.perRound()
	s.Round = time.Duration(max(rounds, 1)) * w.options.Interval
	return s
}
