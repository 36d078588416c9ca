package main

import (
	"fmt"
	"io"

	"github.com/awaitop/awaitop/examples/dataplane/plane"
	"github.com/awaitop/awaitop/examples/internal/trials"
)

// report is what -json prints.
type report struct {
	trials.Report
	FailedAt string         `json:"failed_at,omitempty"` // the step
	Summary  *plane.Summary `json:"summary,omitempty"`
	// Started is how many operations each step has really started, counted on the servers.
	Started map[string]int `json:"started"`
}

// write prints the report for people.
func (r report) write(w io.Writer) {
	r.WriteEnd(w)
	for _, s := range steps {
		fmt.Fprintf(w, "started:  %d x %s\n", r.Started[s.name], s.method)
	}
	r.WriteLeft(w, "")
}
