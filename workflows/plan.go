package workflows

import (
	"slices"
	"strings"

	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/activities/starters"
	"github.com/awaitop/awaitop/lro"
)

// Plan is what steps would do, checked before anything is started, see [PlanSteps].
type Plan []PlannedStep

// PlannedStep is what a step would do.
type PlannedStep struct {
	// Name is the step's name.
	Name string `json:"name"`
	// Target is what it makes or changes.
	Target string `json:"target"`
	// Undo says how a saga would undo it: "delete", "own" for the step's Compensate, or "" for not at all.
	Undo string `json:"undo,omitempty"`
	// Read says that the target was read: else it is not known whether it is there. Exists says that it is
	// there already. Own says that it is the workflow's own, by its label.
	Read   bool `json:"read,omitempty"`
	Exists bool `json:"exists,omitempty"`
	Own    bool `json:"own,omitempty"`
	// Checked says that the service has checked the request. Unchecked is why it was not asked, in words:
	// the method has no validateOnly, an earlier step makes what the step needs, what it makes is there
	// already, or its starter has no check.
	Checked   bool   `json:"checked,omitempty"`
	Unchecked string `json:"unchecked,omitempty"`
	// Refusal is why the service would refuse the request, nil if that is not known: what its check has said,
	// or ALREADY_EXISTS if the step makes a target that is there and not the workflow's own.
	Refusal *lro.Status `json:"refusal,omitempty"`
	// Exactness is what tells the step's operation from others after a lost reply, "" if that is not known.
	Exactness string `json:"exactness,omitempty"`
}

// PlanSteps says what steps would do, in the order in which they would run, and starts nothing. What a step
// would be refused for before anything is sent, such as a method that the catalog does not have, is
// the error, an lro.TypeInvalidInput failure. What the service would refuse is in the Plan: it is asked
// where the method has validateOnly and the step needs nothing that an earlier one makes.
//
// The steps need no saga: removable says that one is to undo them.
func PlanSteps(ctx workflow.Context, removable bool, steps ...AnyStep) (Plan, error) {
	plan := make(Plan, 0, len(steps))
	var absent []*stepRun
	for i, step := range steps {
		if step == nil {
			return plan, nilStep(i)
		}
		r, err := newStepRun(ctx, nil, step)
		if err != nil {
			return plan, err
		}
		planned, err := r.plan(ctx, removable, r.isAhead(absent))
		if err != nil {
			return plan, err
		}
		if plan = append(plan, planned); !planned.Exists {
			absent = append(absent, r)
		}
	}
	return plan, nil
}

// plan says what a step would do. ahead says that an earlier step is to make what the step needs.
func (r *stepRun) plan(ctx workflow.Context, removable, ahead bool) (PlannedStep, error) {
	planned := PlannedStep{Name: r.step.Name, Target: r.step.Target}
	switch {
	case r.step.Undo != "":
		planned.Undo = "delete"
	case r.step.Compensate != nil:
		planned.Undo = "own"
	}
	if r.step.Check == "" {
		planned.Unchecked = "its starter has no check"
		return planned, nil
	}
	in := starters.CheckInput{Start: r.input, Ahead: ahead}
	in.Start.Removable = removable && r.step.Undo != ""
	var out starters.CheckOutput
	if err := r.executeCheck(ctx, in, &out); err != nil {
		return PlannedStep{}, err
	}
	planned.Read, planned.Exists, planned.Own = out.Read, out.Exists, out.Owner == starters.Ours
	planned.Checked, planned.Unchecked, planned.Refusal = out.Checked, out.Unchecked, out.Refusal
	planned.Exactness = out.Exactness
	return planned, nil
}

// isAhead reports whether an earlier step makes the target, or what it stands in, as far as is known.
func (r *stepRun) isAhead(absent []*stepRun) bool {
	return slices.ContainsFunc(absent, func(other *stepRun) bool {
		same, known := r.sameService(other)
		return (same || !known) && holds(other.step.Target, r.step.Target)
	})
}

// executeCheck runs the step's check for as long as a start is tried.
func (r *stepRun) executeCheck(ctx workflow.Context, in starters.CheckInput, out *starters.CheckOutput) error {
	options := workflow.GetActivityOptions(r.startContext(ctx, r.step.StartTimeout))
	options.ScheduleToCloseTimeout = r.step.StartTimeout
	options.Summary = summary("check " + r.step.Name)
	ctx = workflow.WithActivityOptions(ctx, options)
	return execute(ctx, r.step.Check, in, out, func() error { return nil })
}

// String is the plan for people, two lines for each step: its name, and what is known of it.
func (p Plan) String() string {
	var text strings.Builder
	for _, step := range p {
		text.WriteString(step.Name + "\n    " + step.said() + "\n")
	}
	return text.String()
}

// said says what is known of a step.
func (s PlannedStep) said() string {
	parts := []string{s.saidCheck(), s.saidTarget(), s.saidUndo()}
	if s.Exactness != "" {
		parts = append(parts, "found again by: "+s.Exactness)
	}
	return strings.Join(slices.DeleteFunc(parts, func(part string) bool { return part == "" }), "; ")
}

func (s PlannedStep) saidCheck() string {
	switch {
	case s.Refusal != nil:
		return "would be refused: " + s.Refusal.String()
	case s.Checked:
		return "checked"
	case s.Unchecked != "":
		return "not checked: " + s.Unchecked
	default: // a worker of an earlier release gives no reason
		return "not checked"
	}
}

// saidTarget says whether the target is there, "" if that is not known.
func (s PlannedStep) saidTarget() string {
	switch {
	case s.Own:
		return "exists, and is the workflow's own"
	case s.Exists:
		return "exists"
	case s.Read:
		return "not there"
	default:
		return ""
	}
}

func (s PlannedStep) saidUndo() string {
	switch s.Undo {
	case "":
		return "no undo"
	case "own":
		return "an undo of its own"
	default:
		return "undone by a delete"
	}
}
