package main

import (
	"context"
	"fmt"
	"slices"

	"github.com/awaitop/awaitop/testsuite"
)

// measured is the result of one run of a pattern. A field that could not be measured is absent in
// JSON. An await is the wait for one operation, probes included.
type measured struct {
	Run        int     `json:"run"`
	Operations int     `json:"operations"` // without probes
	Awaits     int     `json:"awaits"`
	Seconds    float64 `json:"seconds"` // from the first start to the last end

	Events float64 `json:"history_events_per_await,omitempty"`
	Grows  *bool   `json:"history_grows,omitempty"`

	ServerCPU    *float64 `json:"server_cpu_seconds,omitempty"` // without the idle rate
	ServerCPURaw *float64 `json:"server_cpu_seconds_raw,omitempty"`
	ServerIdle   *float64 `json:"server_idle_cpu_seconds_per_second,omitempty"`
	// ServerErrors counts the errors that the server logged. Many of them mean that it was
	// overloaded, and the run compares with no other.
	ServerErrors  *float64 `json:"server_errors,omitempty"`
	WorkerCPU     *float64 `json:"worker_cpu_seconds,omitempty"`
	PeakMemory    *float64 `json:"worker_peak_bytes,omitempty"`
	MemoryOfWaits *float64 `json:"worker_peak_bytes_above_idle,omitempty"`

	Calls           map[testsuite.Method]int `json:"api_calls"`
	Actions         *actions                 `json:"billable_actions,omitempty"`
	StartsPerSecond *float64                 `json:"starts_per_second,omitempty"`

	LagMean *float64 `json:"lag_mean_seconds,omitempty"`
	LagP99  *float64 `json:"lag_p99_seconds,omitempty"`

	Cancels      int      `json:"cancels_sent"`
	CancelMedian *float64 `json:"cancel_latency_median_seconds,omitempty"`
	CancelMax    *float64 `json:"cancel_latency_max_seconds,omitempty"`

	Failed int `json:"failed"`
	Lost   int `json:"lost"`

	Rejections *rejections `json:"rejections,omitempty"`
}

// measure puts the results of a trial together.
func (t *trial) measure(ctx context.Context, run int, idle *float64, before, after usage) (measured, error) {
	f := t.bench.flags
	m := measured{Run: run, Operations: f.n, Awaits: f.n + f.cancels, Seconds: after.at.Sub(before.at).Seconds(), Calls: map[testsuite.Method]int{}}
	for _, method := range []testsuite.Method{testsuite.MethodGet, testsuite.MethodList, testsuite.MethodWait, testsuite.MethodCancel, testsuite.MethodDelete} {
		if n := t.service.Count(method); n > 0 {
			m.Calls[method] = n
		}
	}
	m.use(idle, before, after)
	lags := t.load.lags(t.waits)
	m.LagMean, m.LagP99 = present(mean(lags)), present(percentile(lags, 99))
	latencies := t.probes.latencies(t.service)
	m.Cancels = len(latencies)
	m.CancelMedian, m.CancelMax = present(median(latencies)), present(percentile(latencies, 100))
	if f.rate > 0 {
		m.Rejections = newRejections(t.service.Calls(), t.started, t.started.Add(t.startsIn), t.lastEnd())
	}
	found, err := t.results(ctx)
	if err != nil {
		return m, err
	}
	m.Failed, m.Lost = found.failed, f.n-found.done-found.failed
	if t.temporal == nil {
		return m, nil
	}
	if t.temporal.log != nil {
		m.ServerErrors = float(t.temporal.log.count())
	}
	m.StartsPerSecond = float(float64(len(t.waits)+len(t.probes.waits)) / t.startsIn.Seconds())
	m.Events = float64(found.events) / float64(max(found.done+found.failed, 1))
	if f.cancels > 0 {
		m.Grows = &t.probes.grows
	}
	counted, err := t.actions()
	m.Actions = &counted
	return m, err
}

// use sets how much the processes used between two moments.
func (m *measured) use(idle *float64, before, after usage) {
	m.ServerIdle = idle
	m.ServerCPURaw = difference(after.server, before.server)
	m.ServerCPU = difference(m.ServerCPURaw, scaled(idle, m.Seconds))
	m.WorkerCPU = difference(after.workers, before.workers)
	m.PeakMemory = after.memory
	m.MemoryOfWaits = difference(after.memory, before.memory)
}

// present is nil without a value.
func present(value float64, ok bool) *float64 {
	if !ok {
		return nil
	}
	return &value
}

func (m measured) calls() int {
	sum := 0
	for _, n := range m.Calls {
		sum += n
	}
	return sum
}

// String is the run in a line.
func (m measured) String() string {
	line := fmt.Sprintf("%d calls, %d failed, %d lost", m.calls(), m.Failed, m.Lost)
	if m.LagMean != nil {
		line += fmt.Sprintf(", mean lag %.2f s", *m.LagMean)
	}
	if m.ServerCPU != nil {
		line += fmt.Sprintf(", server %.1f s", *m.ServerCPU)
	}
	if m.WorkerCPU != nil {
		line += fmt.Sprintf(", workers %.1f s", *m.WorkerCPU)
	}
	return line
}

// methods returns the API's methods that any of the runs called, by name.
func methods(runs []measured) []testsuite.Method {
	var called []testsuite.Method
	for _, run := range runs {
		for method := range run.Calls {
			if !slices.Contains(called, method) {
				called = append(called, method)
			}
		}
	}
	slices.Sort(called)
	return called
}
