package main

import (
	"strings"
)

// metric is a row of the report.
type metric struct {
	key   string // in JSON and in the names of plots
	title string // with the unit
	of    func(measured) *float64
	// ratio is true if a smaller value is cheaper or better, so that ratios make sense.
	ratio bool
	// plot is true if it has a plot.
	plot bool
	// absent is shown without a value; "" is a dash.
	absent string
}

// metrics are the rows of the report on the given runs.
func metrics(runs []measured) []metric {
	all := []metric{
		{key: "history_events", title: "history events per await", of: func(m measured) *float64 { return nonzero(m.Events) }, ratio: true},
		{key: "server_cpu", title: "server CPU, ms per await", of: func(m measured) *float64 { return perAwait(m, m.ServerCPU, 1e3) }, ratio: true, plot: true},
		{key: "server_cpu_raw", title: "server CPU, its idling included, ms per await", of: func(m measured) *float64 { return perAwait(m, m.ServerCPURaw, 1e3) }},
		{key: "server_errors", title: "errors the server logged", of: func(m measured) *float64 { return m.ServerErrors }},
		{key: "worker_cpu", title: "worker CPU, ms per await", of: func(m measured) *float64 { return perAwait(m, m.WorkerCPU, 1e3) }, ratio: true, plot: true},
		{key: "worker_memory", title: "workers' peak memory, MiB", of: func(m measured) *float64 { return scaled(m.PeakMemory, 1.0/(1<<20)) }, ratio: true},
		{key: "worker_memory_per_await", title: "workers' peak memory above idle, KiB per await", of: func(m measured) *float64 { return perAwait(m, m.MemoryOfWaits, 1.0/(1<<10)) }, ratio: true, plot: true},
		{key: "calls", title: "API calls per await", of: func(m measured) *float64 { return perAwait(m, float(m.calls()), 1) }, ratio: true, plot: true},
	}
	all = append(all, callMetrics(runs)...)
	all = append(all, actionMetrics()...)
	return append(all, outcomeMetrics()...)
}

// callMetrics has a row for each method.
func callMetrics(runs []measured) []metric {
	var rows []metric
	for _, method := range methods(runs) {
		rows = append(rows, metric{
			key: "calls_" + strings.ToLower(strings.TrimSuffix(strings.TrimSuffix(string(method), "s"), "Operation")), title: string(method) + " calls in all",
			of: func(m measured) *float64 { return float(m.Calls[method]) },
		})
	}
	return rows
}

func actionMetrics() []metric {
	count := func(get func(actions) int) func(measured) *float64 {
		return func(m measured) *float64 {
			if m.Actions == nil {
				return nil
			}
			return float(get(*m.Actions))
		}
	}
	each := func(get func(actions) int) func(measured) *float64 {
		return func(m measured) *float64 { return perAwait(m, count(get)(m), 1) }
	}
	return []metric{
		{key: "actions", title: "billable actions per await", of: each(actions.total), ratio: true, plot: true},
		{key: "activity_attempts", title: "of these activity attempts", of: each(func(a actions) int { return a.Attempts })},
		{key: "heartbeats", title: "of these heartbeats", of: each(func(a actions) int { return a.Heartbeats })},
		{key: "timers", title: "of these timers", of: each(func(a actions) int { return a.Timers })},
		{key: "failed_heartbeats", title: "failed heartbeats in all", of: count(actions.failedHeartbeats)},
	}
}

func outcomeMetrics() []metric {
	return []metric{
		{key: "lag_mean", title: "detection lag, mean, s", of: func(m measured) *float64 { return m.LagMean }, ratio: true, plot: true},
		{key: "lag_p99", title: "detection lag, p99, s", of: func(m measured) *float64 { return m.LagP99 }, ratio: true, plot: true},
		{key: "cancel_median", title: "cancel latency, median, ms", of: func(m measured) *float64 { return scaled(m.CancelMedian, 1e3) }, absent: "none sent"},
		{key: "cancel_max", title: "cancel latency, max, ms", of: func(m measured) *float64 { return scaled(m.CancelMax, 1e3) }, absent: "none sent"},
		{key: "cancels", title: "cancels sent", of: func(m measured) *float64 { return float(m.Cancels) }},
		{key: "starts", title: "workflows started per second", of: func(m measured) *float64 { return m.StartsPerSecond }},
		{key: "finished", title: "finished waits, %", of: finishedShare},
		{key: "failed", title: "failed waits", of: func(m measured) *float64 { return float(m.Failed) }},
		{key: "lost", title: "lost waits", of: func(m measured) *float64 { return float(m.Lost) }},
		{key: "rejected", title: "rejected requests, %", of: func(m measured) *float64 { return rejectedShare(m, func(r rejections) float64 { return r.Share }) }},
		{key: "rejected_settled", title: "rejected requests once settled, %", of: func(m measured) *float64 { return rejectedShare(m, func(r rejections) float64 { return r.Settled }) }},
	}
}

func rejectedShare(m measured, share func(rejections) float64) *float64 {
	if m.Rejections == nil {
		return nil
	}
	return float(share(*m.Rejections) * 100)
}

func finishedShare(m measured) *float64 {
	return float(100 * float64(m.Operations-m.Failed-m.Lost) / float64(max(m.Operations, 1)))
}

func perAwait(m measured, total *float64, unit float64) *float64 {
	return scaled(total, unit/float64(max(m.Awaits, 1)))
}

func float[N int | float64](n N) *float64 {
	f := float64(n)
	return &f
}

func nonzero(f float64) *float64 { return present(f, f != 0) }
