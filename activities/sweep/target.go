package sweep

import (
	"context"

	"github.com/awaitop/awaitop/activities/orphans"
	"github.com/awaitop/awaitop/lro"
)

// markByTarget gives an operation that makes a resource the key that the resource bears, if the
// operation itself shows none.
func (s *search) markByTarget(ctx context.Context, op lro.Operation, item *orphans.Item) error {
	told := tellingsOf(op.Metadata)
	target := orphans.Place{Service: item.Ref.Service, Name: relative(item.Ref.Service, told.Target), Found: true}
	if item.Key != "" || target.Name == "" || !told.creates() {
		return nil
	}
	method := maker(target.Service, parentOf(target.Name))
	if method == nil {
		return nil
	}
	line, readable := method.GetMade(target.Name)
	if !readable {
		return nil
	}
	raw, err := s.request(ctx, line, target)
	if err == nil {
		item.Key = resourceOf(method, orphans.Place{Service: target.Service, Name: parentOf(target.Name)}, raw).item.Key
	}
	return s.judge(ctx, target, err)
}
