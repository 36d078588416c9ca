package main

import (
	"encoding/json"
	"fmt"
	"io"

	"github.com/awaitop/awaitop/examples/dataplane/plane"
)

// How a run can end.
const (
	resultSucceeded = "succeeded"
	resultFailed    = "failed"
	resultCanceled  = "canceled"
)

// report is what -json prints.
type report struct {
	// OK is true if the run ended as the flags asked, no step has started two operations, and nothing is left that
	// should not be.
	OK       bool           `json:"ok"`
	Result   string         `json:"result"`
	FailedAt string         `json:"failed_at,omitempty"`
	Code     string         `json:"code,omitempty"`
	Error    string         `json:"error,omitempty"`
	Seconds  float64        `json:"seconds"`
	Summary  *plane.Summary `json:"summary,omitempty"`
	// Started is how many operations each step has really started, counted on the servers.
	Started map[string]int `json:"started"`
	// Exists is what there was on the servers at the end.
	Exists []string `json:"exists"`
	// NotUndone is what the workflow says it could not undo.
	NotUndone []string `json:"not_undone,omitempty"`
}

func (r report) writeJSON(w io.Writer) {
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	_ = encoder.Encode(r)
}

// write prints the report for people.
func (r report) write(w io.Writer) {
	fmt.Fprintf(w, "ended:    %s after %.1f s\n", r.Result, r.Seconds)
	if r.Error != "" {
		fmt.Fprintf(w, "          %s\n", r.Error)
	}
	for _, s := range steps {
		fmt.Fprintf(w, "started:  %d x %s\n", r.Started[s.name], s.method)
	}
	for _, name := range r.NotUndone {
		fmt.Fprintf(w, "not undone: %s\n", name)
	}
	if len(r.Exists) == 0 {
		fmt.Fprintln(w, "exists:   nothing")
	}
	for _, name := range r.Exists {
		fmt.Fprintf(w, "exists:   %s\n", name)
	}
	fmt.Fprintf(w, "as it should: %t\n", r.OK)
}
