package workflows

import (
	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/lro"
)

// Adopt is the step of an operation that the workflow has started by other means, such as
// an activity of its own that calls the API:
//
//	var ref lro.Ref
//	if err := workflow.ExecuteActivity(ctx, CreateThing, name).Get(ctx, &ref); err != nil {
//		return err
//	}
//	step := workflows.Adopt[Thing](ref, name)
//	step.Compensate = func(ctx workflow.Context, _ lro.Outcome) error { return deleteThing(ctx, name) }
//	thing, err := workflows.Run(ctx, saga, step)
//
// ref names the operation, target the resource that it makes or changes. From then on the
// step is as any other: [Run] and [RunAll] await it, and a saga cancels its operation and
// undoes it. The saga does so even if ctx was canceled before, or the step is refused,
// because the operation runs. Undo knows no key: if the operation did not succeed, it
// deletes Target only if that was made while the operation ran, as its metadata tells. Without
// a startTime there, as after [RunAll] without Await.Operation, that is since the workflow began. If the start returned more
// than a name, set Await.Operation, which spares the first read; if that operation is done,
// it costs no read at all, and the Ref may be zero.
//
// Adopt knows nothing of the start. If the activity's reply is lost, or the workflow is
// canceled while the activity runs, the operation may run with no wait for it. A starter of
// package activities/starters closes that gap.
func Adopt[T any](ref lro.Ref, target string) Step[T] { return Step[T]{Ref: ref, Target: target} }

// adopts reports whether the step's operation is started already.
func (s Step[T]) adopts() bool {
	return s.Activity == "" && (!s.Ref.IsZero() || s.Await.Operation != nil)
}

// validateAdopted reports why a step that adopts its operation cannot be run.
func (s Step[T]) validateAdopted() error {
	if s.Request != nil {
		return &lro.InvalidError{Field: "step.request", Value: s.Name, Want: "none: the operation is started"}
	}
	return s.validateOperation()
}

// validateOperation reports why the operation of a step that adopts it is none.
func (s Step[T]) validateOperation() error {
	in := AwaitInput{Ref: s.Ref, AwaitOptions: AwaitOptions{Operation: s.Await.Operation}}
	return in.validate()
}

// adopt takes over the operation of a step that adopts one, if it is one. It does so even if
// the step is then refused, because the operation runs, or has ended.
func (r *stepRun) adopt(ctx workflow.Context) {
	if !r.step.adopts() || r.step.validateOperation() != nil {
		return
	}
	op := lro.Operation{Name: r.step.Ref.Name}
	if given := r.step.Await.Operation; given != nil {
		op, r.given, r.step.Await.Operation = *given, given, nil
		_ = op.Normalize() // it has been validated
	}
	r.adopted = true
	r.started(ctx, r.step.Ref, op)
}

// keep adds a step to undo that was refused, if its operation is started already. A nil
// saga undoes nothing.
func (s *Saga) keep(r *stepRun) {
	if s == nil || s.closed || r.stage < stageRunning {
		return
	}
	own := r.step.StepOptions
	if own.validate("step") != nil {
		own = StepOptions{}
	}
	r.step.StepOptions = own.or(s.sharedIn(s.ctx)).or(defaultStepOptions)
	r.input.Since = since(s.ctx)
	s.steps = append(s.steps, r)
}

// enterAll adds steps that are about to run, unless err says that one of them cannot. If it
// refuses them, it keeps those whose operations are started.
func (s *Saga) enterAll(runs []*stepRun, err error) error {
	if err == nil {
		err = s.enter(runs)
	}
	if err != nil {
		for _, r := range runs {
			s.keep(r)
		}
	}
	return err
}
