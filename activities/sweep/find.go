package sweep

import (
	"context"
	"slices"
	"strings"

	"go.temporal.io/sdk/activity"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/activities/orphans"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/poller"
)

const (
	// maxItems ends an attempt: an item takes some 500 bytes of its result, 2 KiB at most.
	maxItems = 200
	// maxRequests ends an attempt. What a worker's death loses is the work of one attempt.
	maxRequests = 50
	// maxPlaces is how many places a page of resources may add.
	maxPlaces = 500
	// pageSize is how many entries of a page are asked for. Services may send fewer or more.
	pageSize = 100
	// maxTries is how often an attempt is made at a page. Then it is a problem, and the sweep goes on.
	maxTries = 5
)

// FindMarked looks at the last of the places, and goes on until it has made 50 requests or found 200
// items. Further places follow from those: a parent is the collections directly below it, a resource is
// a parent. What is left is in the result, for the next FindMarked.
//
// It only reads, at the priority of polls by schedule. A place that cannot be read is a problem in the
// result. A transient error of a read fails the attempt up to four times.
func (a *Activities) FindMarked(ctx context.Context, in orphans.FindInput) (orphans.FindOutput, error) {
	if err := in.Validate(); err != nil {
		return orphans.FindOutput{}, activities.NewError(lro.Invalid(lro.Ref{}, err))
	}
	defer a.core.Alive(ctx)()
	s := search{poller: a.core.Poller(), last: activity.GetInfo(ctx).Attempt >= maxTries}
	s.out.Places = slices.Clone(in.Places)
	for len(s.out.Places) > 0 && s.requests < maxRequests && len(s.out.Items) < maxItems {
		if err := s.next(ctx); err != nil {
			return orphans.FindOutput{}, err
		}
	}
	return s.out, nil
}

// search is one attempt.
type search struct {
	poller   *poller.Poller
	last     bool // whether a transient error is a problem, because no further try is made
	requests int
	out      orphans.FindOutput
}

// next looks at the last place.
func (s *search) next(ctx context.Context) error {
	end := len(s.out.Places) - 1
	place := s.out.Places[end]
	s.out.Places = s.out.Places[:end]
	var err error
	switch place.Kind {
	case orphans.Parent:
		err = s.expand(place)
	case orphans.Operations:
		err = s.operations(ctx, place)
	case orphans.Resources:
		err = s.resources(ctx, place)
	case orphans.Operation:
		err = s.operation(ctx, place)
	default:
		err = &lro.InvalidError{Field: "places.kind", Value: string(place.Kind), Want: "parent, operations, resources or operation"}
	}
	return s.judge(ctx, place, err)
}

// judge decides what an error about a place means: a problem, or a further try.
func (s *search) judge(ctx context.Context, place orphans.Place, err error) error {
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	class := lro.Classify(err)
	switch {
	case class == lro.ClassNotFound && place.Found: // it is gone
		return nil
	case class.Retryable() && !s.last:
		failure := lro.PollFailed(lro.Ref{}, err)
		failure.Resources = []string{place.FullName()}
		return activities.NewRetryableError(failure, lro.RetryAfter(err))
	}
	s.out.Problems = append(s.out.Problems, orphans.Problem{Place: place.FullName(), Status: *brief(err)})
	return nil
}

// maxMessage bounds the message of a problem, in bytes.
const maxMessage = 300

// brief is the status of an error, without details.
func brief(err error) *lro.Status {
	status := lro.StatusOf(err)
	if lro.Classify(err) == lro.ClassInvalid { // the client has sent nothing
		status.Code = lro.CodeInvalidArgument
	}
	return &lro.Status{Code: status.Code, Message: strings.ToValidUTF8(status.Message[:min(len(status.Message), maxMessage)], "")}
}

// expand puts the collections below a parent in its place.
func (s *search) expand(parent orphans.Place) error {
	if err := wrong("parents", parent); err != nil && !parent.Found {
		return err
	}
	s.out.Places = append(s.out.Places, below(parent)...)
	return nil
}

// operations reads a page of operations.
func (s *search) operations(ctx context.Context, place orphans.Place) error {
	s.requests++
	page, err := s.poller.At(poller.PriorityPoll).ListOperations(ctx, lro.ListRequest{
		Collection: lro.Collection{Service: place.Service, Name: place.Name}, PageSize: pageSize, PageToken: place.PageToken,
	})
	if err != nil {
		return err
	}
	for i, op := range page.Operations[min(place.Skip, len(page.Operations)):] {
		if len(s.out.Items) >= maxItems {
			place.Skip += i
			s.out.Places = append(s.out.Places, place)
			return nil
		}
		if err := s.see(ctx, place.Service, op); err != nil {
			return err
		}
	}
	s.goOn(len(s.out.Places), place, page.NextPageToken)
	return nil
}

// operation reads one operation.
func (s *search) operation(ctx context.Context, place orphans.Place) error {
	ref := lro.Ref{Service: place.Service, Name: place.Name}
	if err := ref.Validate(); err != nil {
		return err
	}
	s.requests++
	op, err := s.poller.At(poller.PriorityPoll).GetOperation(ctx, ref)
	if err != nil {
		return err
	}
	op.Name = ref.Name // the service may have another name for it
	return s.see(ctx, place.Service, op)
}

// see counts an operation, and adds it if it runs.
func (s *search) see(ctx context.Context, service string, op lro.Operation) error {
	s.out.Seen.Operations++
	if op.Done {
		return nil
	}
	item := marked(service, op)
	if err := s.markByTarget(ctx, op, &item); err != nil {
		return err
	}
	s.out.Items = append(s.out.Items, item)
	return nil
}

// goOn puts the next page of a collection at index i of the places. A token for the second time would go on forever.
func (s *search) goOn(i int, place orphans.Place, token string) {
	if token == "" || token == place.PageToken {
		return
	}
	place.PageToken, place.Skip = token, 0
	s.out.Places = slices.Insert(s.out.Places, i, place)
}
