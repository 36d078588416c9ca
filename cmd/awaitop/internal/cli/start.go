package cli

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/awaitop/awaitop/workflows"
)

// reportStart says whether the wait is new. Of a wait that was running already it says how it differs. before is how an
// earlier wait for the operation ended, "" if none had ended before the start.
func (a *awaiting) reportStart(run *workflows.AwaitRun, before string) error {
	if a.output == "json" {
		return a.json(startEvent(run))
	}
	a.say("%s", startText(run, before))
	if !run.Attached {
		return nil
	}
	for _, d := range run.Differences {
		a.reportDifference(d)
	}
	if run.DifferencesUnknown != nil {
		a.say("  its options are unknown: no worker answered the query")
	}
	return nil
}

// startText says which wait the command follows.
func startText(run *workflows.AwaitRun, before string) string {
	switch {
	case run.Attached && before != "":
		return fmt.Sprintf("attached to %s, which %s", run.ID, before)
	case run.Attached:
		return fmt.Sprintf("attached to %s, which was running already", run.ID)
	case before != "":
		return fmt.Sprintf("started a new wait: %s. The one before %s", run.ID, before)
	default:
		return "started " + run.ID
	}
}

func startEvent(run *workflows.AwaitRun) event {
	e := event{Event: "started", WorkflowID: run.ID, RunID: run.RunID, Differences: run.Differences}
	if run.Attached {
		e.Event = "attached"
	}
	if run.DifferencesUnknown != nil {
		e.DifferencesUnknown = run.DifferencesUnknown.Error()
	}
	return e
}

// commandFor names the command that changes the option of a flag of a running wait.
var commandFor = map[string]string{"timeout": "set-deadline"}

// reportDifference says that a flag of the command line does not change the running wait.
func (a *awaiting) reportDifference(d workflows.Difference) {
	if d.Field != "policy" {
		a.reportFlag(d, commandFor[flagName(d.Field)])
		return
	}
	for _, field := range policyDifferences(d) {
		a.reportFlag(field, "set-policy")
	}
}

// policyDifferences are the fields in which two poll policies differ.
func policyDifferences(d workflows.Difference) (differences []workflows.Difference) {
	var running, wanted map[string]json.RawMessage
	// Both are JSON objects: workflows.Start encoded them.
	_ = json.Unmarshal([]byte(d.Running), &running)
	_ = json.Unmarshal([]byte(d.Wanted), &wanted)
	fields := maps.Clone(wanted)
	maps.Copy(fields, running)
	for _, field := range slices.Sorted(maps.Keys(fields)) {
		if string(running[field]) != string(wanted[field]) {
			differences = append(differences, workflows.Difference{Field: field, Running: string(running[field]), Wanted: string(wanted[field])})
		}
	}
	return differences
}

func (a *awaiting) reportFlag(d workflows.Difference, command string) {
	flag := flagName(d.Field)
	if !a.isSet(flag) {
		return
	}
	text := "  --" + flag + " " + flagValue(d.Wanted) + " changes nothing: the wait has " + flagValue(d.Running)
	if command != "" {
		text += "; change it with `awaitop " + command + "`"
	}
	a.say("%s", text)
}

// flagName is the name of the flag for a JSON field: cancelGrace is cancel-grace.
func flagName(field string) string {
	if field == "taskQueue" { // --task-queue is the workflow's
		return "poll-task-queue"
	}
	var b strings.Builder
	for _, r := range field {
		if unicode.IsUpper(r) {
			b.WriteByte('-')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

// flagValue is a JSON value as a flag takes it, "none" for no value.
func flagValue(value string) string {
	var text string
	if json.Unmarshal([]byte(value), &text) != nil {
		return cmp.Or(value, "none")
	}
	if d, err := time.ParseDuration(text); err == nil {
		return d.Round(time.Millisecond).String()
	}
	return text
}
