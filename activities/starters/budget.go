package starters

import (
	"context"

	"github.com/awaitop/awaitop/poller"
)

// requests describes the requests of a function of the user's.
type requests struct {
	poller    *poller.Poller
	selfPaced bool // the function makes them within the budget itself
	priority  poller.Priority
	service   string
	target    string
	method    string // in errors
}

// paced calls a function of the user's as one request within the budget, and reads its
// error.
func withinBudget[T any](ctx context.Context, r requests, call func(ctx context.Context) (T, error)) (out T, err error) {
	if r.selfPaced {
		out, err = call(ctx)
		return out, clientError(r.method, err)
	}
	err = r.poller.Do(ctx, r.service, r.target, r.priority, func(ctx context.Context) error {
		out, err = call(ctx)
		return clientError(r.method, err)
	})
	return out, err
}
