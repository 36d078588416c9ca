package workflows

import (
	"fmt"
	"slices"

	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/activities/orphans"
	"github.com/awaitop/awaitop/lro"
)

// findLeft finds the waits that have left operations. Those are looked at first.
func (s *sweep) findLeft(ctx workflow.Context) error {
	if !changed(ctx, SweepWaitsChange) {
		return nil
	}
	in := orphans.LeftInput{Parents: s.in.parents(), Since: workflow.Now(ctx).UTC().Add(-s.in.lookBack())}
	var out orphans.LeftOutput
	if err := execute(sweepContext(ctx, "look for waits that were terminated"), orphans.FindLeftName, in, &out, valid); err != nil {
		return s.ended(ctx, ofInput(err))
	}
	s.report.Seen.Waits = out.Closed
	if out.Cut {
		s.report.Incomplete = fmt.Sprintf("not all waits that have closed in %s could be looked through, so operations that waits have left may be missing: look back less, or name fewer parents", s.in.lookBack())
	}
	s.remember(out.Waits)
	for _, wait := range slices.Backward(out.Waits) {
		s.places = append(s.places, orphans.Place{Kind: orphans.Operation, Service: wait.Ref.Service, Name: wait.Ref.Name, Found: true})
	}
	return s.ended(ctx, nil)
}

// ofInput makes an activity's refusal of the sweep's input the sweep's own. It returns any other error as it is.
func ofInput(err error) error {
	if failure, typed := lro.AsFailure(err); typed && failure.Type == lro.TypeInvalidInput {
		return activities.NewError(failure)
	}
	return err
}

func (s *sweep) remember(waits []orphans.LeftWait) {
	s.waits = waits
	for _, wait := range waits {
		s.left[wait.Ref] = wait
	}
}

// resume goes on where an earlier run has stopped. The operations of waits that are no place any more were looked at.
func (s *sweep) resume(from SweepResume) {
	s.places, s.report, s.looks = from.Places, from.Report, from.Looks
	s.remember(from.Left)
	for _, wait := range from.Left {
		s.judged[wait.Ref] = !slices.ContainsFunc(from.Places, func(p orphans.Place) bool {
			return p.Kind == orphans.Operation && p.Service == wait.Ref.Service && p.Name == wait.Ref.Name
		})
	}
}

// unjudged are the items without the operations of waits that were judged before.
func (s *sweep) unjudged(items []orphans.Item) []orphans.Item {
	return slices.DeleteFunc(slices.Clone(items), func(item orphans.Item) bool {
		judged := s.judged[item.Ref]
		if _, left := s.left[item.Ref]; left {
			s.judged[item.Ref] = true
		}
		return judged
	})
}
