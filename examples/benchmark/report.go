package main

import (
	"encoding/json"
	"io"
	"math"
	"runtime"
)

// report is what -json prints.
type report struct {
	Settings settings        `json:"settings"`
	Machine  machine         `json:"machine"`
	Patterns []patternReport `json:"patterns"`

	metrics []metric
}

// settings are the flags of the run.
type settings struct {
	Scenario    string  `json:"scenario,omitempty"`
	Operations  int     `json:"operations"`
	Durations   string  `json:"durations"`
	Seed        uint64  `json:"seed"`
	Collections int     `json:"collections"`
	AtServer    bool    `json:"at_server,omitempty"`
	Progress    bool    `json:"progress"`
	Initial     string  `json:"initial_interval"`
	Coefficient float64 `json:"coefficient"`
	Maximum     string  `json:"maximum_interval"`
	Fixed       string  `json:"fixed_interval"`
	Floor       string  `json:"floor_schedule"`
	Workers     int     `json:"workers"`
	Slots       int     `json:"activity_slots"`
	Rate        float64 `json:"requests_per_second,omitempty"`
	PageSize    int     `json:"page_size,omitempty"`
	Cancels     int     `json:"cancels"`
	Runs        int     `json:"runs"`
}

// machine is the machine of the run.
type machine struct {
	System string `json:"system"`
	CPUs   int    `json:"cpus"`
	Go     string `json:"go"`
}

// patternReport is a pattern's part of the report.
type patternReport struct {
	Name    string             `json:"name"`
	Follows string             `json:"follows"`
	Summary map[string]summary `json:"summary"`
	Runs    []measured         `json:"runs"`
}

// summary is a metric over the runs that have it.
type summary struct {
	Median float64 `json:"median"`
	Min    float64 `json:"min"`
	Max    float64 `json:"max"`
}

func newReport(f flags) report {
	r := report{
		Settings: settings{
			Scenario: f.scenario, Operations: f.n, Durations: f.durations.text, Seed: f.seed, Collections: f.collections,
			AtServer: f.atServer, Progress: f.progress, Initial: f.schedule.Initial.String(), Coefficient: f.schedule.Coefficient,
			Maximum: f.schedule.Maximum.String(), Fixed: f.schedule.Fixed.String(), Floor: f.floor, Workers: f.workers,
			Slots: f.slots, Rate: f.rate, PageSize: f.pageSize, Cancels: f.cancels, Runs: f.runs,
		},
		Machine: machine{System: runtime.GOOS + "/" + runtime.GOARCH, CPUs: runtime.NumCPU(), Go: runtime.Version()},
	}
	if f.databases {
		r.Settings.Collections = f.n
	}
	for _, p := range f.patterns {
		r.Patterns = append(r.Patterns, patternReport{Name: p.Name, Follows: p.Follows, Summary: map[string]summary{}})
	}
	return r
}

// summarize fills the summaries in when all runs have ended.
func (r *report) summarize() {
	var runs []measured
	for _, p := range r.Patterns {
		runs = append(runs, p.Runs...)
	}
	for _, m := range metrics(runs) {
		found := false
		for _, p := range r.Patterns {
			if s, ok := summarize(p.Runs, m); ok {
				p.Summary[m.key], found = s, true
			}
		}
		if found {
			r.metrics = append(r.metrics, m)
		}
	}
}

func summarize(runs []measured, m metric) (summary, bool) {
	var values []float64
	for _, run := range runs {
		if value := m.of(run); value != nil && !math.IsNaN(*value) {
			values = append(values, *value)
		}
	}
	middle, ok := median(values)
	low, _ := percentile(values, 0)
	high, _ := percentile(values, 100)
	return summary{Median: middle, Min: low, Max: high}, ok
}

func (r report) writeJSON(w io.Writer) error {
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	return encoder.Encode(r)
}

// grows reports whether the pattern's histories grow while it waits.
func (p patternReport) grows() bool {
	for _, run := range p.Runs {
		if run.Grows != nil && *run.Grows {
			return true
		}
	}
	return false
}
