package workflows

import (
	"github.com/awaitop/awaitop/activities/orphans"
	"github.com/awaitop/awaitop/lro"
)

// SweepReport is the result of a [Sweep], and what [SweepQuery] answers while it runs.
type SweepReport struct {
	// Seen counts what was looked at. Counts are the running operations and the resources with a key
	// among it, by class.
	Seen   orphans.Seen `json:"seen"`
	Counts SweepCounts  `json:"counts"`
	// Acted counts the operations that the policy's action was taken on.
	Acted int `json:"acted,omitempty"`
	// Findings are the orphans, what waits have left, and what bears a key of an unknown workflow: the first of them, up to
	// SweepInput.MaxFindings.
	Findings []SweepFinding `json:"findings,omitempty"`
	// Foreign are the first running operations that are not awaitop's, up to MaxFindings. They are
	// reported only.
	Foreign []SweepFinding `json:"foreign,omitempty"`
	// Problems are the first 20 of the places that could not be looked at. ProblemCount counts all.
	Problems     []orphans.Problem `json:"problems,omitempty"`
	ProblemCount int               `json:"problemCount,omitempty"`
	// Incomplete says why not all was looked at, "" if it was.
	Incomplete string `json:"incomplete,omitempty"`
}

// SweepCounts counts by class, see [orphans.Class].
type SweepCounts struct {
	Live    int `json:"live"`
	Kept    int `json:"kept"`
	Orphan  int `json:"orphan"`
	Left    int `json:"left"`
	Unknown int `json:"unknown"`
	Foreign int `json:"foreign"`
}

// SweepFinding is something that has no live workflow.
type SweepFinding struct {
	orphans.Item
	// Class says whose it is, Why says it in words.
	Class orphans.Class `json:"class"`
	Why   string        `json:"why"`
	// WorkflowID, RunID and Status are those of the workflow whose key it bears, or of the wait that has left
	// it, "" if it is unknown.
	WorkflowID string         `json:"workflowId,omitempty"`
	RunID      string         `json:"runId,omitempty"`
	Status     orphans.Status `json:"status,omitempty"`
	// Action is what the policy does about it.
	Action orphans.Action `json:"action"`
	// Result is what became of an action: "adopted"; for a cancel what the service answered, a
	// cancels.Result, or "undelivered"; "failed" with the Problem.
	Result string `json:"result,omitempty"`
	// Problem is why the action failed.
	Problem string `json:"problem,omitempty"`
	// Awaiter is the id of the workflow that awaits an adopted operation.
	Awaiter string `json:"awaiter,omitempty"`
}

// What becomes of an action, beside a cancels.Result.
const (
	SweepAdopted     = "adopted"
	SweepUndelivered = "undelivered"
	SweepFailed      = "failed"
)

const (
	// maxProblems is how many problems a report has.
	maxProblems = 20
	// maxReportSize bounds the findings of a report, in bytes of JSON: it has to fit a payload, also
	// with those of the next page.
	maxReportSize = lro.MaxEncodedSize / 2
)

// count counts an item of a class.
func (c *SweepCounts) count(class orphans.Class) {
	switch class {
	case orphans.Live:
		c.Live++
	case orphans.Kept:
		c.Kept++
	case orphans.Orphan:
		c.Orphan++
	case orphans.Left:
		c.Left++
	case orphans.Unknown:
		c.Unknown++
	case orphans.Foreign:
		c.Foreign++
	}
}

// add adds what has been found and acted on, as far as there is room.
func (r *SweepReport) add(f SweepFinding, most int) {
	r.Counts.count(f.Class)
	if f.Result != "" {
		r.Acted++
	}
	switch f.Class {
	case orphans.Orphan, orphans.Left, orphans.Unknown:
		r.Findings = r.with(r.Findings, f, most)
	case orphans.Foreign:
		if !f.Ref.IsZero() {
			r.Foreign = r.with(r.Foreign, f, most)
		}
	}
}

func (r *SweepReport) with(list []SweepFinding, f SweepFinding, most int) []SweepFinding {
	if len(list) >= most || lro.EncodedSize(r)+lro.EncodedSize(f) > maxReportSize {
		return list
	}
	return append(list, f)
}

// addProblems adds problems, as far as there is room.
func (r *SweepReport) addProblems(problems []orphans.Problem) {
	r.ProblemCount += len(problems)
	r.Problems = append(r.Problems, problems[:min(len(problems), max(maxProblems-len(r.Problems), 0))]...)
}
