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
	// Exists says that the target is there already. Own says that it is the workflow's own, by its label.
	Exists bool `json:"exists,omitempty"`
	Own    bool `json:"own,omitempty"`
	// Checked says that the service has checked the request. Refusal is then why it would refuse it, nil if
	// it would not. Not checked are methods without validateOnly, steps on what an earlier step makes,
	// and steps of starters that have no check.
	Checked bool        `json:"checked,omitempty"`
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
		return planned, nil
	}
	in := starters.CheckInput{Start: r.input, Ahead: ahead}
	in.Start.Removable = removable && r.step.Undo != ""
	var out starters.CheckOutput
	if err := r.executeCheck(ctx, in, &out); err != nil {
		return PlannedStep{}, err
	}
	planned.Exists, planned.Own = out.Exists, out.Owner == starters.Ours
	planned.Checked, planned.Refusal, planned.Exactness = out.Checked, out.Refusal, out.Exactness
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

// String is the plan for people, a line for each step.
func (p Plan) String() string {
	var text strings.Builder
	for _, step := range p {
		text.WriteString(step.Name + ": " + step.said() + "\n")
	}
	return text.String()
}

// said says what is known of a step.
func (s PlannedStep) said() string {
	var parts []string
	switch {
	case s.Refusal != nil:
		parts = append(parts, "would be refused: "+s.Refusal.String())
	case s.Checked:
		parts = append(parts, "checked")
	default:
		parts = append(parts, "not checked")
	}
	switch {
	case s.Own:
		parts = append(parts, "exists, and is the workflow's own")
	case s.Exists:
		parts = append(parts, "exists")
	}
	switch s.Undo {
	case "":
		parts = append(parts, "no undo")
	case "own":
		parts = append(parts, "an undo of its own")
	default:
		parts = append(parts, "undone by a delete")
	}
	if s.Exactness != "" {
		parts = append(parts, "found again by: "+s.Exactness)
	}
	return strings.Join(parts, "; ")
}
