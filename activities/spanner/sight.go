package spanner

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/poller"
)

// sight is what was found of a target before or after a call.
type sight struct {
	resource *resource // nil if there is none
	// operations are the method's own on the target that match the request,
	// newest first.
	operations []candidate
	// ids are the last segments of all of the method's operations on the target,
	// newest first, matching or not.
	ids []string
	// freeID is the operation id of the next generation, where ids are the
	// caller's to choose.
	freeID string
}

// look reads the target and its operations. taken are ids that cannot be read.
func (a *Activities) look(ctx context.Context, m *method, in activities.StartInput, made call, taken []string) (sight, error) {
	var s sight
	var err error
	if s.resource, err = a.find(ctx, m.target, in.Target); err != nil {
		return s, err
	}
	if made.keep != nil && s.resource != nil {
		made.keep(s.resource)
	}
	if m.ids {
		return s, a.lookByID(ctx, in, made.matches, taken, &s)
	}
	all, err := a.operations(ctx, m, in.Target)
	if err != nil {
		return s, err
	}
	for _, c := range all {
		s.ids = append(s.ids, lastSegment(c.Name))
		if made.matches(c.metadata) {
			s.operations = append(s.operations, c)
		}
	}
	return s, nil
}

// lookByID reads the operations of the key's generations. An id answers
// ALREADY_EXISTS for good, its resource dropped and made again included, so that
// each try after one that ended takes the next. Those that are of other
// statements than the request's stay out of the operations.
func (a *Activities) lookByID(ctx context.Context, in activities.StartInput, matches func(metadata) bool, taken []string, s *sight) error {
	for generation := 1; ; generation++ {
		id := operationID(in.Key, generation)
		if slices.Contains(taken, id) {
			continue
		}
		op, err := a.poller.At(poller.PriorityStart).GetOperation(ctx, lro.Ref{Service: lro.SpannerService, Name: in.Target + "/operations/" + id})
		if lro.Classify(err) == lro.ClassNotFound {
			s.freeID = id
			return nil
		}
		if err != nil {
			return err
		}
		s.ids = slices.Insert(s.ids, 0, id)
		undone, err := a.undone(ctx, in, id)
		if err != nil {
			return err
		}
		if c := newCandidate(op); matches(c.metadata) && !undone {
			s.operations = slices.Insert(s.operations, 0, c)
		}
	}
}

// undone reports whether a change was taken back by a compensation, whose
// operation has the change's id with activities.UndoSuffix. Only what an earlier
// run of the workflow started can have been.
func (a *Activities) undone(ctx context.Context, in activities.StartInput, id string) (bool, error) {
	for generation := 1; in.Retried; generation++ {
		name := in.Target + "/operations/" + operationID(id+activities.UndoSuffix, generation)
		op, err := a.poller.At(poller.PriorityStart).GetOperation(ctx, lro.Ref{Service: lro.SpannerService, Name: name})
		if lro.Classify(err) == lro.ClassNotFound {
			return false, nil
		}
		if err != nil || newCandidate(op).alive() {
			return err == nil, err
		}
	}
	return false, nil
}

func operationID(key string, generation int) string {
	if generation == 1 {
		return key
	}
	return fmt.Sprintf("%s_%d", key, generation)
}

// operations lists the method's operations on the target, newest first.
func (a *Activities) operations(ctx context.Context, m *method, target string) ([]candidate, error) {
	filter := "metadata.@type:" + typePrefix + m.metadata
	inputs := []lro.ListRequest{{
		Collection: lro.Collection{Service: lro.SpannerService, Name: target + "/operations"},
		Filter:     filter,
	}}
	if m.target.aggregate != "" {
		// It lists operations of a resource that is not, or no more, there.
		inputs = slices.Insert(inputs, 0, lro.ListRequest{
			Collection: lro.Collection{Service: lro.SpannerService, Name: parent(target) + "/" + m.target.aggregate},
			Filter:     fmt.Sprintf("(%s) AND (name:%s/operations/)", filter, target),
		})
	}
	var found []candidate
	for _, input := range inputs {
		pages, err := a.pages(ctx, input)
		if unlisted(err) {
			continue // the next collection, if there is one
		}
		if err != nil {
			return nil, err
		}
		found = pages
		break
	}
	// Services ignore filters they do not know.
	found = slices.DeleteFunc(found, func(c candidate) bool { return !c.isOf(m) || parentOf(c.Name) != target })
	newestFirst(found)
	return found, nil
}

// unlisted reports whether a collection cannot be listed: the service does not
// have it, or what it would be in does not exist.
func unlisted(err error) bool {
	class := lro.Classify(err)
	return class == lro.ClassUnsupported || class == lro.ClassNotFound
}

func (a *Activities) pages(ctx context.Context, in lro.ListRequest) ([]candidate, error) {
	var found []candidate
	for page, err := range lro.Pages(ctx, a.poller.At(poller.PriorityStart), in) {
		if err != nil {
			return nil, err
		}
		for _, op := range page.Operations {
			found = append(found, newCandidate(op))
		}
	}
	return found, nil
}

// newestFirst sorts by start time. Where metadata has none, what the service
// lists later counts as newer, but a running one as the newest: there is one at
// most for a target.
func newestFirst(found []candidate) {
	slices.Reverse(found)
	slices.SortStableFunc(found, func(a, b candidate) int {
		if c := b.startTime().Compare(a.startTime()); c != 0 {
			return c
		}
		return compareBool(b.State() == lro.StateRunning, a.State() == lro.StateRunning)
	})
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	default:
		return -1
	}
}

// parentOf is the resource an operation is filed under.
func parentOf(operation string) string { return parent(operation) }

// notOlder reports whether the operation began since then, as far as clocks can
// tell. One that does not say when is not known to be older.
func (c candidate) notOlder(since time.Time) bool {
	start := c.startTime()
	return start.IsZero() || !start.Before(since.Add(-activities.MaxClockSkew))
}
