package main

import (
	"encoding/json"
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/awaitop/awaitop/lro"
)

// report is what -json prints.
type report struct {
	// OK is true if all waits ended as they should.
	OK    bool         `json:"ok"`
	Waits []waitReport `json:"waits"`
}

// waitReport is one wait.
type waitReport struct {
	Name          string           `json:"name"`
	State         lro.State        `json:"state"`
	Code          string           `json:"code"`
	Cancellation  lro.Cancellation `json:"cancellation"`
	Polls         int              `json:"polls"`
	HistoryEvents int              `json:"history_events"`
	Seconds       float64          `json:"seconds"`

	ok bool
}

func (w *wait) report(outcome lro.Outcome, err error, ok bool) waitReport {
	return waitReport{
		Name:          w.name,
		State:         outcome.State(),
		Code:          lro.CodeOf(err).String(),
		Cancellation:  outcome.Cancellation,
		Polls:         outcome.Polls,
		HistoryEvents: w.events(),
		Seconds:       outcome.Duration().Round(1e6).Seconds(),
		ok:            ok,
	}
}

func newReport(waits ...waitReport) report {
	r := report{OK: true, Waits: waits}
	for _, w := range waits {
		r.OK = r.OK && w.ok
	}
	return r
}

func (r report) writeJSON(w io.Writer) {
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	_ = encoder.Encode(r)
}

// writeTable prints the report for people.
func (r report) writeTable(w io.Writer) {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "WAIT\tSTATE\tCODE\tCANCELLATION\tPOLLS\tEVENTS\tSECONDS\tAS IT SHOULD")
	for _, wait := range r.Waits {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%d\t%d\t%.1f\t%t\n", wait.Name, wait.State, wait.Code, wait.Cancellation,
			wait.Polls, wait.HistoryEvents, wait.Seconds, wait.ok)
	}
	_ = table.Flush()
}
