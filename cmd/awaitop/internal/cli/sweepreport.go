package cli

import (
	"fmt"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"

	"github.com/awaitop/awaitop/activities/orphans"
	"github.com/awaitop/awaitop/workflows"
)

// reportSweep prints a report. Its error says that a part of the parents was not looked at.
func (s *sweeping) reportSweep(report workflows.SweepReport) error {
	if s.output == "json" {
		if err := s.json(report); err != nil {
			return err
		}
		return incomplete(report)
	}
	if err := s.printFindings(report); err != nil {
		return err
	}
	s.say("%s", seenText(report))
	for _, line := range s.advice(report) {
		s.say("  %s", line)
	}
	for _, problem := range report.Problems {
		s.say("not looked at: %s: %s: %s", problem.Place, problem.Status.Code, problem.Status.Message)
	}
	return incomplete(report)
}

// incomplete says what was not looked at, nil if all was.
func incomplete(report workflows.SweepReport) error {
	switch {
	case report.ProblemCount > 0:
		return fmt.Errorf("the sweep is incomplete: %s could not be looked at", number(report.ProblemCount, "place"))
	case report.Incomplete != "":
		return fmt.Errorf("the sweep is incomplete: %s", report.Incomplete)
	default:
		return nil
	}
}

// printFindings prints a row for each finding. Its first cell is what the next command takes.
func (s *sweeping) printFindings(report workflows.SweepReport) error {
	if len(report.Findings) == 0 {
		return nil
	}
	var rows []table.Row
	for _, f := range report.Findings {
		rows = append(rows, rowOf(nameOf(f), string(f.Class), f.WorkflowID, f.Why, doneText(f)))
	}
	return s.table(rowOf("FOUND", "CLASS", "WORKFLOW", "WHY", "DONE"), rows)
}

// nameOf is the operation or the resource of a finding.
func nameOf(f workflows.SweepFinding) string {
	if f.Ref.IsZero() {
		return f.Resource
	}
	return f.Ref.String()
}

// doneText says what was done about a finding.
func doneText(f workflows.SweepFinding) string {
	switch {
	case f.Action == orphans.Report:
		return "nothing"
	case f.Action == orphans.Cancel && f.Problem == "":
		return "cancel " + f.Result
	case f.Problem != "":
		return string(f.Action) + " " + f.Result + ": " + f.Problem
	default:
		return f.Result
	}
}

// seenText says in one line what was looked at and found.
func seenText(r workflows.SweepReport) string {
	text := fmt.Sprintf("%s and %s looked at", number(r.Seen.Operations, "operation"), number(r.Seen.Resources, "resource"))
	for _, part := range []struct {
		count int
		what  string
	}{
		{r.Counts.Orphan, "orphaned"},
		{r.Counts.Left, "left by a wait"},
		{r.Counts.Unknown, "of an unknown workflow"},
		{r.Counts.Live, "live"},
		{r.Counts.Kept, "of a workflow that has completed"},
		{r.Counts.Foreign, "not awaitop's own"},
	} {
		if part.count > 0 {
			text += fmt.Sprintf(", %d %s", part.count, part.what)
		}
	}
	return text
}

func number(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// advice says how to go on about the findings.
func (s *sweeping) advice(r workflows.SweepReport) (lines []string) {
	operations := false
	var deletes []string
	for _, f := range r.Findings {
		operations = operations || !f.Ref.IsZero() && f.Class != orphans.Unknown && f.Action == orphans.Report
		if verb, url, known := strings.Cut(f.Delete, " "); known && f.Class == orphans.Orphan && f.Ref.IsZero() {
			deletes = append(deletes, curl(verb, url, f.WithoutAuthentication))
		}
	}
	if operations {
		lines = append(lines, "`awaitop await REF` awaits an operation; --action cancel cancels those of the table, --action adopt awaits them")
	}
	if len(deletes) > 0 {
		lines = append(lines, "look at a resource before you delete it:")
		lines = append(lines, deletes...)
	}
	if left := r.Counts.Orphan + r.Counts.Left + r.Counts.Unknown - len(r.Findings); left > 0 {
		lines = append(lines, fmt.Sprintf("%d more are not in the table: --max-findings", left))
	}
	return lines
}

// curl is the command that sends a request as the worker would: with a token, unless the worker sends none.
func curl(verb, url string, withoutAuthentication bool) string {
	token := ` -H "Authorization: Bearer $(gcloud auth print-access-token)"`
	if withoutAuthentication {
		token = ""
	}
	return "curl -X " + verb + token + " " + shellQuoted(url)
}
