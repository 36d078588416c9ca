package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
)

// load is the operations of a trial: those that end, and the probes, which run until they are
// canceled.
type load struct {
	flags   flags
	service *testsuite.Service
	runsFor []time.Duration
	longest time.Duration
}

func newLoad(f flags, service *testsuite.Service) *load {
	runsFor := f.durations.sample(f.n, f.seed)
	return &load{flags: f, service: service, runsFor: runsFor, longest: slices.Max(runsFor)}
}

// wait is the wait for some operations: a workflow, or its stand-in.
type wait struct {
	id    string
	probe bool
	first int // number of its first operation
	count int
	refs  []lro.Ref // once they have been started
}

// waits splits the operations into waits of at most perWait. Probes come first, so that they are
// under way when the others start.
func (l *load) waits(perWait int) (probes, waits []*wait) {
	split := func(name string, n int, probe bool) (split []*wait) {
		for first := 0; first < n; first += perWait {
			split = append(split, &wait{
				id: fmt.Sprintf("%s-%d", name, first), probe: probe, first: first, count: min(perWait, n-first),
			})
		}
		return split
	}
	return split("probe", l.flags.cancels, true), split("wait", l.flags.n, false)
}

// start starts the operations of a wait, right before they are awaited.
func (l *load) start(w *wait) {
	for i := w.first; i < w.first+w.count; i++ {
		script := testsuite.Script{End: testsuite.RunForever()}
		name := l.name("o", i)
		if w.probe {
			name = l.name("probe", i)
		} else {
			script = testsuite.Script{RunsFor: l.runsFor[i]}
		}
		script.Metadata = l.metadata(name)
		w.refs = append(w.refs, l.service.Start(name, script))
	}
}

func (l *load) name(kind string, i int) string {
	if l.flags.atServer {
		return fmt.Sprintf("projects/p/locations/l%d/operations/%s%d", i%l.flags.collections, kind, i)
	}
	if l.flags.databases {
		return fmt.Sprintf("projects/p/instances/i/databases/%s%d/operations/%s%d", kind, i, kind, i)
	}
	return fmt.Sprintf("projects/p/instances/i%d/operations/%s%d", i%l.flags.collections, kind, i)
}

const (
	withTimes   = "google.spanner.admin.instance.v1.CreateInstanceMetadata"
	withPercent = "google.spanner.admin.database.v1.RestoreDatabaseMetadata"
)

// metadata has Spanner's form, with or without a percentage.
func (l *load) metadata(name string) testsuite.Metadata {
	target, _, _ := strings.Cut(name, "/operations/")
	if l.flags.progress {
		return testsuite.ProgressMetadata(withPercent, map[string]any{"name": target})
	}
	return func(s testsuite.Snapshot) json.RawMessage {
		fields := map[string]any{"@type": "type.googleapis.com/" + withTimes, "name": target, "startTime": s.StartTime.UTC()}
		if !s.EndTime.IsZero() {
			fields["endTime"] = s.EndTime.UTC()
		}
		body, _ := json.Marshal(fields) // names and times
		return body
	}
}

// lags returns, in seconds, how long after its end the API first showed an operation done, for each
// operation that it showed done.
func (l *load) lags(waits []*wait) []float64 {
	var lags []float64
	for _, w := range waits {
		for _, ref := range w.refs {
			if ended, told, ok := l.service.EndTimes(ref); ok {
				lags = append(lags, told.Sub(ended).Seconds())
			}
		}
	}
	return lags
}
