package spanner

import (
	"context"
	"fmt"
	"slices"

	"github.com/awaitop/awaitop/activities/starters"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/poller"
)

// look reads the target and the method's operations on it.
func (a *Activities) look(ctx context.Context, m *method, in starters.Want[call]) (starters.Seen, error) {
	target, err := a.find(ctx, m.target, in.Target)
	if err != nil {
		return starters.Seen{}, err
	}
	if in.Request.keep != nil && target != nil {
		in.Request.keep(target)
	}
	seen := starters.Seen{Target: m.target.seen(target, in.Key)}
	if m.ids {
		return seen, a.lookByID(ctx, in, &seen)
	}
	all, err := a.operations(ctx, m, in.Target)
	for _, c := range all {
		seen.Operations = append(seen.Operations, c.seen(in.Request.owner(c.metadata)))
	}
	starters.NewestFirst(seen.Operations)
	return seen, err
}

// lookByID reads the operations of the key's generations. Spanner answers ALREADY_EXISTS for an id for
// good, even after the resource was dropped and made again. So each try after an operation that ended
// takes the next id. Operations of other statements, and those that were taken back, count as others'.
func (a *Activities) lookByID(ctx context.Context, in starters.Want[call], seen *starters.Seen) error {
	for generation := 1; ; generation++ {
		id := operationID(in.Key, generation)
		if slices.Contains(in.TakenIDs, id) {
			continue
		}
		op, err := a.operation(ctx, in.Target, id)
		if lro.Classify(err) == lro.ClassNotFound {
			seen.OperationID = id
			return nil
		}
		if err != nil {
			return err
		}
		undone, err := a.wasUndone(ctx, in, id)
		if err != nil {
			return err
		}
		c := newCandidate(op)
		owner := in.Request.owner(c.metadata)
		if undone {
			owner = starters.Others
		}
		seen.Operations = slices.Insert(seen.Operations, 0, c.seen(owner))
	}
}

// operation reads an operation of a target by its id.
func (a *Activities) operation(ctx context.Context, target, id string) (lro.Operation, error) {
	return a.client.Poller.At(poller.PriorityStart).GetOperation(ctx, lro.Ref{Service: lro.SpannerService, Name: target + "/operations/" + id})
}

// wasUndone reports whether a compensation took a change back. The id of the compensation's operation
// is made of the change's id, see [starters.UndoKey]. Only a change of an earlier run of the workflow can have
// been taken back.
func (a *Activities) wasUndone(ctx context.Context, in starters.Want[call], id string) (bool, error) {
	for generation := 1; in.Retried; generation++ {
		op, err := a.operation(ctx, in.Target, operationID(starters.UndoKey(id, 1), generation))
		if lro.Classify(err) == lro.ClassNotFound {
			return false, nil
		}
		if err != nil || op.State() == lro.StateRunning || op.State() == lro.StateSucceeded {
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

// operations lists the method's operations on the target, in the service's order.
func (a *Activities) operations(ctx context.Context, m *method, target string) ([]candidate, error) {
	for _, request := range m.lists(target) {
		var own []candidate
		listed, err := a.client.VisitOperations(ctx, request, func(op lro.Operation) {
			// Services ignore filters that they do not know.
			if c := newCandidate(op); c.isOf(m) && parent(c.Name) == target {
				own = append(own, c)
			}
		})
		if err != nil || listed { // else the next collection, if there is one
			return own, err
		}
	}
	return nil, nil
}

// lists are the lists that may have the method's operations on the target. The parent's aggregate comes
// first, because it has the operations of resources that do not exist yet, or no longer.
func (m *method) lists(target string) []lro.ListRequest {
	filter := "metadata.@type:" + typePrefix + m.metadata
	own := lro.ListRequest{
		Collection: lro.Collection{Service: lro.SpannerService, Name: target + "/operations"},
		Filter:     filter,
	}
	if m.target.aggregate == "" {
		return []lro.ListRequest{own}
	}
	return []lro.ListRequest{{
		Collection: lro.Collection{Service: lro.SpannerService, Name: parent(target) + "/" + m.target.aggregate},
		Filter:     fmt.Sprintf("(%s) AND (name:%s/operations/)", filter, target),
	}, own}
}
