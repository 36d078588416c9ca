package main

import (
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/awaitop/awaitop/examples/provisioning/provision"
)

// How a run can end.
const (
	resultSucceeded = "succeeded"
	resultFailed    = "failed"
	resultCanceled  = "canceled"
)

// report is what -json prints.
type report struct {
	// OK is true if the run ended as the flags asked, and nothing is left that
	// should not be.
	OK      bool               `json:"ok"`
	Result  string             `json:"result"`
	Type    string             `json:"type,omitempty"`
	Code    string             `json:"code,omitempty"`
	Error   string             `json:"error,omitempty"`
	Seconds float64            `json:"seconds"`
	Backup  bool               `json:"backup"`
	Summary *provision.Summary `json:"summary,omitempty"`
	// Exists is what there was on the server at the end.
	Exists []string `json:"exists"`
	// NotUndone is what the workflow says it could not undo.
	NotUndone []string `json:"not_undone,omitempty"`
}

func (r report) writeJSON(w io.Writer) {
	if r.Exists == nil {
		r.Exists = []string{}
	}
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
	if s := r.Summary; s != nil {
		fmt.Fprintf(w, "instance: %s is %s\n", s.Instance.Name, s.Instance.State)
		for _, d := range s.Databases {
			fmt.Fprintf(w, "database: %s is %s\n", d.Name, d.State)
		}
		for _, at := range s.IndexCommits {
			fmt.Fprintf(w, "index:    committed at %s\n", at.Format(time.RFC3339))
		}
		if s.Backup.Name != "" {
			fmt.Fprintf(w, "backup:   %s is %s\n", s.Backup.Name, s.Backup.State)
		}
	}
	for _, name := range r.NotUndone {
		fmt.Fprintf(w, "not undone: %s\n", name)
	}
	r.writeExisting(w)
}

func (r report) writeExisting(w io.Writer) {
	if len(r.Exists) == 0 {
		fmt.Fprintln(w, "exists:   nothing")
	}
	for _, name := range r.Exists {
		fmt.Fprintf(w, "exists:   %s\n", name)
	}
	if r.Result == resultSucceeded && len(r.Exists) > 0 {
		fmt.Fprintln(w, "          and has been deleted again, as this was a demonstration")
	}
	fmt.Fprintf(w, "as it should: %t\n", r.OK)
}
