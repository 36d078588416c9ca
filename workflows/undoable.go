package workflows

import (
	"strings"

	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/lro"
)

// undoable is a step or compensation, as a saga undoes it.
type undoable interface {
	// title names it among the workflow's steps.
	title() string
	// resource names the resource that is left if the undo fails.
	resource() string
	// operation names the operation that made or changes it, or the resource if that is not known.
	operation() string
	// listed reports whether the search attributes are to name it.
	listed(saga *Saga) bool
	undo(ctx workflow.Context, saga *Saga) error
	// undone says what its undo has done, "" for nothing.
	undone() string
	// undoes reports whether its undo does something.
	undoes() bool
	// toCome returns the bytes of history that are yet to come, those of the undo
	// included; 0 if there will be nothing to undo.
	toCome() int
	// commandSize returns the size, in bytes, of a command that starts or undoes it.
	commandSize() int
}

// baseCommandSize is the size of a command without names and requests, in bytes.
const baseCommandSize = 1 << 10

// largestCommand returns the size of the largest command.
func largestCommand[T undoable](steps []T) int {
	largest := baseCommandSize
	for _, step := range steps {
		largest = max(largest, step.commandSize())
	}
	return largest
}

// Add adds a compensation of the caller's own for a resource, in its place among the
// steps. If it does no harm to undo a resource that is not there, add the compensation
// before the resource is made: then nothing can come between. The context of undo is
// canceled only when the saga's window for it is over. Its activity options have the
// saga's retry policy, and 2 min for an attempt. An undo that starts an operation should
// await it, with [Run] and a nil saga: the step has the options that the saga's steps
// share. Add panics if undo is nil.
//
// The error is an lro.TypeInvalidInput failure: the history has no room for another undo,
// as [SagaOptions].MaxHistoryLength says. The compensation is added all the same, since
// the resource may exist. Return the error, so that everything is undone. Once the function
// of [WithSaga] has returned, Add takes nothing.
func (s *Saga) Add(resource string, undo func(ctx workflow.Context) error) error {
	if undo == nil {
		panic("workflows: Saga.Add: undo is nil")
	}
	resource = strings.ToValidUTF8(resource, "\uFFFD") // Temporal takes no other text
	if s.closed {
		return s.refuse(resource, errClosed(resource))
	}
	s.steps = append(s.steps, &compensation{name: resource, run: undo})
	if s.full == nil { // a compensation that was added all the same leaves no room for more
		s.full = s.room(s.bounds.step)
	}
	if s.full != nil {
		return s.refuse(resource, s.full)
	}
	return nil
}

// refuse returns the failure of a compensation that the saga does not take.
func (s *Saga) refuse(resource string, err error) error {
	failure := lro.Invalid(lro.Ref{}, err)
	failure.Resources = []string{resource}
	return activities.NewError(failure)
}

func errClosed(name string) error {
	return &lro.InvalidError{Field: "saga", Value: name, Want: "a saga whose function has not returned"}
}

type compensation struct {
	name string
	run  func(workflow.Context) error
	ran  bool // and returned no error
}

func (c *compensation) title() string { return c.name }

func (c *compensation) resource() string { return c.name }

func (c *compensation) operation() string { return c.name }

func (c *compensation) listed(saga *Saga) bool { return saga.options.Steps.Await.SearchAttributes }

func (c *compensation) undo(ctx workflow.Context, saga *Saga) error {
	err := c.run(saga.undoContext(ctx))
	c.ran = err == nil
	return err
}

func (c *compensation) undone() string {
	if c.ran {
		return "undone"
	}
	return ""
}

func (c *compensation) undoes() bool { return true }

func (c *compensation) toCome() int { return undoBytes }

func (c *compensation) commandSize() int { return baseCommandSize }

// enter adds steps that are about to start, or none of them. Each leaves after its run. A
// nil saga undoes nothing.
func (s *Saga) enter(runs []*stepRun) error {
	if s == nil || len(runs) == 0 {
		return nil
	}
	for _, r := range runs {
		switch before := s.names[r.step.Name]; {
		case s.closed:
			return r.invalid(errClosed(r.step.Name))
		case before != nil && before.taken():
			return r.nameTaken("is the name of a step of the saga before, whose operation is " + before.operation())
		case s.keptName(r.step.Name) != "":
			return r.nameTaken("is the name of a step of an earlier saga of the workflow, whose operation is " + s.keptName(r.step.Name))
		}
	}
	entered := len(s.steps)
	for _, r := range runs {
		s.steps = append(s.steps, r)
	}
	if err := s.room(s.bounds.step); err != nil {
		s.steps = s.steps[:entered]
		return runs[0].invalid(err)
	}
	for _, r := range runs {
		r.saga, s.names[r.step.Name] = s, r
	}
	s.running += len(runs)
	return nil
}

// keepNames keeps the names of a saga that undoes nothing from the workflow's later sagas. A step of the same name has
// the same key. It would adopt what the earlier step has made, and its undo would delete that.
func (s *Saga) keepNames() {
	if s.undoes() {
		return
	}
	for _, step := range s.steps {
		if r, ok := step.(*stepRun); ok && r.taken() {
			s.board.keep(r.step.Name, r.operation())
		}
	}
}

// keptName is the operation of a step of that name in an earlier saga, "" for none.
func (s *Saga) keptName(name string) string {
	if s.undoes() {
		return ""
	}
	return s.board.kept[name]
}

// undoes reports whether the saga is part of an undo, whose steps have keys of their own.
func (s *Saga) undoes() bool {
	_, undoes := s.ctx.Value(undoingKey{}).(*undoing)
	return undoes
}

// leave notes that a step of the saga has run. A nil saga has none.
func (s *Saga) leave() {
	if s != nil {
		s.running--
	}
}

// room reports as an error that the history may not have room for all undos.
func (s *Saga) room(bound historyBound) error {
	undos, bytes := 0, 0
	for _, step := range s.steps {
		if n := step.toCome(); n > 0 {
			undos, bytes = undos+1, bytes+n
		}
	}
	return bound.check(historyOf(s.ctx), undos, bytes)
}
