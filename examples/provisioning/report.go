package main

import (
	"fmt"
	"io"
	"time"

	"github.com/awaitop/awaitop/examples/internal/trials"
	"github.com/awaitop/awaitop/examples/provisioning/provision"
)

// report is what -json prints.
type report struct {
	trials.Report
	Backup  bool               `json:"backup"` // whether the service has backups
	Summary *provision.Summary `json:"summary,omitempty"`
}

// write prints the report for people.
func (r report) write(w io.Writer) {
	r.WriteEnd(w)
	if r.Summary != nil {
		writeSummary(w, *r.Summary)
	}
	remark := ""
	if r.Result == trials.Succeeded && len(r.Exists) > 0 {
		remark = "and has been deleted again, as this was a demonstration"
	}
	r.WriteLeft(w, remark)
}

func writeSummary(w io.Writer, s provision.Summary) {
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
