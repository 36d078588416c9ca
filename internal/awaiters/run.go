package awaiters

import (
	"context"
	"slices"
	"strings"

	workflowpb "go.temporal.io/api/workflow/v1"

	"github.com/awaitop/awaitop/lro"
)

const (
	// RunOperation is the type of the workflows that run a step.
	RunOperation = "awaitop.RunOperation"
	// UndoOperation is the type of those that undo one.
	UndoOperation = "awaitop.UndoOperation"
	// RunQuery is workflows.RunQuery, the query that both answer with the operation that they have started or found.
	// Their inputs do not name it.
	RunQuery = "awaitop.runStatus"
)

// The phases in a run's answer in which it awaits an operation, or is about to.
const (
	PhaseStarting = "starting"
	PhaseAwaiting = "awaiting"
	PhaseUndoing  = "undoing"
)

// told is what a run tells of its operation.
type told struct {
	unasked bool    // it did not tell
	ref     lro.Ref // the operation that it awaits, zero for none
	starts  string  // the target of an operation that it is about to start or to adopt, "" for none
}

// runStatus is a run's answer, in JSON.
type runStatus struct {
	Phase  string `json:"phase"`
	Target string `json:"target"`
	Ref    string `json:"ref"`
}

func (s runStatus) told() told {
	switch s.Phase {
	case PhaseStarting:
		return told{starts: s.Target}
	case PhaseAwaiting, PhaseUndoing:
		ref, _ := lro.ParseRef(s.Ref) // "" before it is known
		return told{ref: ref}
	default:
		return told{}
	}
}

// mayAwait reports whether the operation that the run is about to await may be one of those.
func (t told) mayAwait(refs []lro.Ref) bool {
	return t.starts != "" && slices.ContainsFunc(refs, func(ref lro.Ref) bool { return mayBeOf(ref.Name, t.starts) })
}

// mayBeOf reports whether an operation may be one on a target: its name begins as that of the target or of what holds
// it, or does not tell.
func mayBeOf(operation, target string) bool {
	parent, _, tells := strings.Cut(operation, "/operations/")
	if !tells {
		return true
	}
	names, others := strings.Split(parent, "/"), strings.Split(target, "/")
	for i := range min(len(names), len(others)) {
		if names[i] != others[i] && (i == 0 || !mayBeOne(names[i-1], names[i], others[i])) {
			return false
		}
	}
	return true
}

// mayBeOne reports whether two names in a collection may be of one thing: services name a project by its id or by its
// number, and some have the operations of all locations in one.
func mayBeOne(collection, one, other string) bool {
	switch collection {
	case "projects":
		return isNumber(one) || isNumber(other)
	case "locations":
		return one == "global" || other == "global"
	default:
		return false
	}
}

func isNumber(text string) bool { return text != "" && strings.Trim(text, "0123456789") == "" }

// asker asks runs. It gives up task queues that do not answer. It is safe for concurrent use.
type asker struct {
	Reader
	silence *Silence
}

// ask asks a run for its operation. A run that has closed meanwhile awaits none.
func (a *asker) ask(ctx context.Context, run *workflowpb.WorkflowExecutionInfo) (told, error) {
	if a.silence.Reached(run.GetTaskQueue()) {
		return told{unasked: true}, nil
	}
	var status runStatus
	answer, err := a.query(ctx, run.GetExecution(), RunQuery, &status)
	switch {
	case err != nil || answer == gone:
		return told{}, err
	case answer == silent:
		a.silence.Add(run.GetTaskQueue())
		return told{unasked: true}, nil
	default:
		return status.told(), nil
	}
}
